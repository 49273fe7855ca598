import type { IdfSpec, OdfSpec, PipelineSpec, Slots } from "../contract/mod.ts";
import { checkedJson, sliceValues } from "./json-slices.ts";

/**
 * What came out of one message: JSON to publish, why there is none, or the way to the monitor's data record, which is
 * built only when it is sent.
 */
export type PassThroughResult =
	| { readonly odf: OdfSpec; readonly json: string }
	| { readonly problem: string }
	| { readonly record: () => string };

/**
 * Runs a graph without functions (`csm.md §5.1`, `§5.2`): cuts arrays into raw JSON texts and puts
 * them together again, never touching a number. What it does with values, `graph.py` and `values.py` do too.
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
			return [{ problem: "malformed data: not JSON" }];
		}
		const count = values.length - idf.tagParamNo;
		if (count < 0 || (idf.paramNo !== null && count !== idf.paramNo)) return [];
		const tags = values.slice(count);
		const data = values.slice(0, count);
		this.#slots.set(idf.id, toArray(data));
		const slots = this.#spec.idfs.map(({ id }) => this.#slots.get(id) ?? "null");
		const joined = slots.length === 1 ? data : slots;
		const outputs = this.#spec.odfs.map((odf) => ({ odf, values: fitted(odf, joined) }));
		const results = outputs.map(({ odf, values }) => deliver(odf, values, tags));
		if (this.#spec.monitorTopic !== null) {
			results.push({ record: () => recordOf(idf, data, slots, joined, outputs) });
		}
		return results;
	}
}

/** The values of an output, as many as it wants; null when there is none to repeat (step 9). */
function fitted({ paramNo }: OdfSpec, joined: string[]): string[] | null {
	if (paramNo === null || paramNo === joined.length) return joined;
	const last = joined.at(-1);
	if (last === undefined) return null;
	return Array.from({ length: paramNo }, (_, index) => joined[index] ?? last);
}

function deliver(odf: OdfSpec, values: string[] | null, tags: string[]): PassThroughResult {
	if (values === null) return { problem: `empty result where ${odf.paramNo} values are wanted` };
	if (odf.tagParamNo === 0) return { odf, json: toArray(values) };
	const wanted = Array.from({ length: odf.tagParamNo }, (_, index) => tags[index] ?? "null");
	return { odf, json: toArray([...values, ...wanted]) };
}

/** The data record of `csm.md §6`, as `records.py` makes it. */
function recordOf(
	idf: IdfSpec,
	data: string[],
	slots: string[],
	joined: string[],
	outputs: { odf: OdfSpec; values: string[] | null }[],
): string {
	const values = toArray(data);
	const odfs = outputs
		.filter((output) => output.values !== null)
		.map(
			({ odf, values }) => `{"id":${JSON.stringify(odf.name)},"output":${toArray(values ?? [])}}`,
		);
	return (
		`{"idf":{"id":${JSON.stringify(idf.name)},"input":${values},"output":${values}},` +
		`"join":{"input":${toArray(slots)},"output":${toArray(joined)}},"odf":${toArray(odfs)}}`
	);
}

function toArray(values: readonly string[]): string {
	return `[${values.join(",")}]`;
}
