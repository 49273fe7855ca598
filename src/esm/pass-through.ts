import { checkedJson, sliceValues } from "./json-slices.ts";
import type { IdfSpec, OdfSpec, PipelineSpec, Slots } from "./spec.ts";

/** What came out of one message: JSON to publish, or why an ODF gets nothing. */
export type PassThroughResult =
	| { readonly odf: OdfSpec; readonly json: string }
	| { readonly odf: OdfSpec | null; readonly problem: string };

/**
 * Runs a graph without functions (`csm.md §5.1`, `§5.2`): cuts arrays into raw JSON texts and puts
 * them together again, never touching a number. What it does with values, `engine.py` does too.
 */
export class PassThrough {
	#spec: PipelineSpec;
	/** Raw JSON text of each slot. */
	readonly #slots = new Map<number, string | null>();

	constructor(spec: PipelineSpec, slots: Slots) {
		this.#spec = spec;
		for (const { id } of spec.idfs) this.#slots.set(id, slots.get(id) ?? null);
	}

	get slots(): Slots {
		return this.#slots;
	}

	/** Takes the new state of the graph; inputs that stay keep their slots. */
	update(spec: PipelineSpec): void {
		this.#spec = spec;
		const ids = new Set(spec.idfs.map((idf) => idf.id));
		for (const id of this.#slots.keys()) if (!ids.has(id)) this.#slots.delete(id);
		for (const id of ids) if (!this.#slots.has(id)) this.#slots.set(id, null);
	}

	/** Runs one message of an input. */
	receive(idf: IdfSpec, text: string): PassThroughResult[] {
		let values: string[];
		try {
			values = sliceValues(checkedJson(text));
		} catch {
			return [{ odf: null, problem: "malformed data: not JSON" }];
		}
		const count = values.length - idf.tagParamNo;
		if (count < 0 || (idf.paramNo !== null && count !== idf.paramNo)) return [];
		const tags = values.slice(count);
		const data = values.slice(0, count);
		const only = this.#spec.idfs.length === 1;
		this.#slots.set(idf.id, toArray(data));
		const joined = only ? data : this.#spec.idfs.map(({ id }) => this.#slots.get(id) ?? "null");
		return this.#spec.odfs.map((odf) => deliver(odf, joined, tags));
	}
}

function deliver(odf: OdfSpec, joined: string[], tags: string[]): PassThroughResult {
	const { paramNo, tagParamNo } = odf;
	let data = joined;
	if (paramNo !== null && paramNo !== joined.length) {
		const last = joined.at(-1);
		if (last === undefined) {
			return { odf, problem: `empty result where ${paramNo} values are wanted` };
		}
		data = Array.from({ length: paramNo }, (_, index) => joined[index] ?? last);
	}
	if (tagParamNo === 0) return { odf, json: toArray(data) };
	const wanted = Array.from({ length: tagParamNo }, (_, index) => tags[index] ?? "null");
	return { odf, json: toArray([...data, ...wanted]) };
}

function toArray(values: readonly string[]): string {
	return `[${values.join(",")}]`;
}
