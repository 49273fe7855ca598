/** The wanted state of one graph, as `csm/graphs` describes it to the data path (`csm.md §5`). */
export interface PipelineSpec {
	/** In slot order. */
	readonly idfs: readonly IdfSpec[];
	readonly odfs: readonly OdfSpec[];
	/** Handle of the join function. */
	readonly join: number | null;
	/** Topic of monitor messages; null = not monitored, nothing is computed for it. */
	readonly monitorTopic: string | null;
	/** At most one data record in so many milliseconds (`csm.md §4.9`); 0 = one for each run. */
	readonly monitorIntervalMs: number;
}

/** The state of a graph that has nothing to do. */
export const EMPTY_SPEC: PipelineSpec = {
	idfs: [],
	odfs: [],
	join: null,
	monitorTopic: null,
	monitorIntervalMs: 0,
};

interface LinkSpec {
	/** Unique among all links of the server, never used twice. */
	readonly id: number;
	/** Device id and feature, as monitor messages name the link. */
	readonly name: readonly [string, string];
	/** ESM topic the feature's data is on. */
	readonly topic: string;
	/** Handle of the link's function; null = pass through. */
	readonly func: number | null;
	/** Number of data values; null = any. */
	readonly paramNo: number | null;
	/** Number of trailing tag values. */
	readonly tagParamNo: number;
}

export interface IdfSpec extends LinkSpec {
	readonly inputType: string | readonly string[] | null;
}

export type OdfSpec = LinkSpec;

/** A slot carried from one runner to the other: JSON text, null when nothing has arrived yet. */
export type Slots = ReadonlyMap<number, string | null>;

/** Whether the graph can only run in Python: a function anywhere, or differences of numbers. */
export function needsEngine(spec: PipelineSpec): boolean {
	if (spec.idfs.length === 0) return false;
	return (
		spec.join !== null ||
		spec.odfs.some((odf) => odf.func !== null) ||
		spec.idfs.some((idf) => idf.func !== null || isVariant(idf.inputType))
	);
}

function isVariant(inputType: IdfSpec["inputType"]): boolean {
	return inputType === "variant" || (Array.isArray(inputType) && inputType.includes("variant"));
}

/** Handles of all functions a graph uses. */
export function handlesOf(spec: PipelineSpec): number[] {
	return [
		spec.join,
		...spec.idfs.map((idf) => idf.func),
		...spec.odfs.map((odf) => odf.func),
	].filter((handle) => handle !== null);
}
