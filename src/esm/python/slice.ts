import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InvariantError } from "../../errors.ts";
import { EngineError, Printed, SEPARATOR } from "./protocol.ts";

/** One record of the engine's answer to a batch. */
export type SliceRecord =
	| { readonly kind: "output"; readonly linkId: number; readonly json: string }
	| { readonly kind: "monitor"; readonly graph: number; readonly json: string }
	| { readonly kind: "printed"; readonly printed: Printed }
	| { readonly kind: "error"; readonly error: EngineError };

export interface Slice {
	/** Messages done since the last slice. */
	readonly done: number;
	readonly records: readonly SliceRecord[];
}

/**
 * Reads one answer of `engine.py`. User code runs on the other side, so nothing is taken for granted.
 * @param left Messages of the batch that are not done yet.
 * @param maxResultBytes Longest message to publish.
 * @throws InvariantError when the answer makes no sense.
 */
export function readSlice(text: string, left: number, maxResultBytes: number): Slice {
	const fields = text.split(SEPARATOR);
	const done = Number(fields[0]);
	if (!Number.isInteger(done) || done < 1 || done > left) {
		throw new InvariantError(`it says that it did ${fields[0]?.slice(0, 20)} messages of ${left}`);
	}
	const records: SliceRecord[] = [];
	for (let at = 1; at + 1 < fields.length; at += 2) {
		records.push(readRecord(fields[at] ?? "", fields[at + 1] ?? "", maxResultBytes));
	}
	return { done, records };
}

function readRecord(target: string, value: string, maxResultBytes: number): SliceRecord {
	if (target === "e") return { kind: "error", error: checked(EngineError, value) };
	if (target === "p") return { kind: "printed", printed: checked(Printed, value) };
	if (target.startsWith("m")) {
		return { kind: "monitor", graph: Number(target.slice(1)), json: value };
	}
	if (value.length > maxResultBytes) {
		throw new InvariantError(`it wants to publish ${value.length} bytes`);
	}
	return { kind: "output", linkId: Number(target), json: value };
}

function checked<T extends TSchema>(schema: T, text: string): Static<T> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {}
	if (!Value.Check(schema, value)) throw new InvariantError("it sent a record of the wrong shape");
	return value;
}
