// What CSM publishes about a graph that is being watched (`csm.md §6`).
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
	type FailureView,
	MAX_REASON_LENGTH,
	MAX_VALUE_LENGTH,
	type ValueView,
} from "../../contract/mod.ts";
import { parseExact } from "../../kit/mod.ts";
import { nameOfKey } from "../plan/operations.ts";
import type { Wire } from "./wires.ts";

const Id = Type.Tuple([Type.String(), Type.String()]);
const Record = Type.Object({
	op: Type.Literal("monitor_info"),
	data: Type.Object({
		idf: Type.Object({ id: Id, input: Type.Unknown(), output: Type.Unknown() }),
		join: Type.Object({ input: Type.Optional(Type.Unknown()), output: Type.Unknown() }),
		odf: Type.Array(Type.Object({ id: Id, output: Type.Unknown() })),
	}),
});
const Failure = Type.Object({
	op: Type.Literal("esm_error"),
	data: Type.Object({ msg: Type.String() }),
});

/** More than this is not read: a value of a megabyte is shown by its first characters only. */
const MAX_RECORD_BYTES = 1 << 20;
const MESSAGE = /^(idf|join|odf) function failure:\n/;

/** What a record says about the wires of its graph. */
export interface Seen {
	readonly values: readonly ValueView[];
	/** Of the inputs that did not cause the record, as the join had them: they may be older. */
	readonly others: readonly ValueView[];
	readonly failure?: FailureView;
}

const NOTHING: Seen = { values: [], others: [] };

/**
 * @param wires Of the record's graph; none: nothing is seen.
 * @param slots Names of the inputs' keys in the order of CSM's slots; undefined: it is not known.
 */
export function readRecord(
	payload: Uint8Array,
	wires: readonly Wire[],
	slots?: readonly string[],
): Seen {
	const [{ na_id } = { na_id: 0 }] = wires;
	if (na_id === 0 || payload.length > MAX_RECORD_BYTES) return NOTHING;
	let record: unknown;
	try {
		record = parseExact(new TextDecoder().decode(payload));
	} catch {
		return NOTHING;
	}
	if (Value.Check(Record, record)) {
		const others = slots === undefined ? [] : othersIn(record, wires, slots);
		return { values: valuesOf(record, wires, na_id), others };
	}
	if (Value.Check(Failure, record)) {
		return { ...NOTHING, failure: failureOf(record.data.msg, wires, na_id) };
	}
	return NOTHING;
}

function valuesOf(
	{ data: { idf, join, odf } }: Static<typeof Record>,
	wires: readonly Wire[],
	na_id: number,
): ValueView[] {
	const at = (mode: "idf" | "odf", [daId, feature]: Static<typeof Id>) => {
		const key = nameOfKey({ daId: daId.toLowerCase(), mode, feature });
		return wires.filter((wire) => wire.key === key);
	};
	const value = valueText(idf.output);
	const input = valueText(idf.input);
	const senders = at("idf", idf.id);
	const of = seatIn(senders);
	// One feature of all members of a crowd is one wire.
	const outputs = new Map(
		odf.flatMap(({ id, output }) => at("odf", id).map(({ dfo_id }) => [dfo_id, output] as const)),
	);
	return [
		...senders.map(({ dfo_id }) => ({ na_id, dfo_id, value, input, ...of })),
		{ na_id, dfo_id: null, value: valueText(join.output), ...of },
		...[...outputs].map(([dfo_id, output]) => ({
			...{ na_id, dfo_id, value: valueText(output), ...of },
		})),
	];
}

/**
 * What the join had of its other inputs. Of inputs that come together only the last one makes a record: without these the
 * others would never be seen.
 */
function othersIn(
	{ data: { idf, join } }: Static<typeof Record>,
	wires: readonly Wire[],
	slots: readonly string[],
): ValueView[] {
	const values: readonly unknown[] = Array.isArray(join.input) ? join.input : [];
	if (values.length !== slots.length) return [];
	const [daId, feature] = idf.id;
	const own = nameOfKey({ daId: daId.toLowerCase(), mode: "idf", feature });
	// Which member's value is newer is not known.
	const inputs = wires.filter(({ type }) => type === "input");
	const isOfOne = ({ dfo_id }: Wire) => inputs.filter((one) => one.dfo_id === dfo_id).length === 1;
	return slots.flatMap((name, slot) => {
		const value = values[slot];
		// An input that has not spoken yet.
		if (name === own || value === null || value === undefined) return [];
		const of = inputs.filter((wire) => wire.key === name && isOfOne(wire));
		return of.map((wire) => {
			const { na_id, dfo_id } = wire;
			return { na_id, dfo_id, value: valueText(value), ...seatIn([wire]) };
		});
	});
}

/** CSM does not say of which link a function was; where there is only one it is known. */
function failureOf(message: string, wires: readonly Wire[], na_id: number): FailureView {
	const found = MESSAGE.exec(message)?.[1];
	const stage = found === "idf" || found === "join" || found === "odf" ? found : null;
	const type = stage === "idf" ? "input" : "output";
	const ids = new Set(wires.filter((wire) => wire.type === type).map(({ dfo_id }) => dfo_id));
	const [dfo_id = null] = stage === null || stage === "join" || ids.size > 1 ? [] : ids;
	const reason = cut(message.replace(MESSAGE, ""), MAX_REASON_LENGTH);
	return { na_id, dfo_id, stage, ...seatIn(wires), reason };
}

/** The seat that all of these are of, if there is one. */
function seatIn(wires: readonly Wire[]): { readonly seat?: number } {
	const [seat = null, ...others] = new Set(wires.map((wire) => wire.seat));
	return seat === null || others.length > 0 ? {} : { seat };
}

function valueText(value: unknown): string {
	return cut(JSON.stringify(value) ?? "null", MAX_VALUE_LENGTH);
}

function cut(text: string, length: number): string {
	if (text.length <= length) return text;
	// Half a character would be none.
	return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
