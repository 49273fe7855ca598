// Graphs as the data path and the function host are told them, with what a test does not care about filled in.
import type { IdfSpec, OdfSpec, PipelineSpec } from "../../src/contract/graph-spec.ts";
import type { GraphSpec } from "../../src/dataflow/python/protocol.ts";

const LINK = { func: null, paramNo: null, tagParamNo: 0 };

/** An input whose topic and name are made of its id. */
export function input(id: number, changes: Partial<IdfSpec> = {}): IdfSpec {
	const own = { id, name: ["device", `in${id}`] as const, topic: `topic/in${id}` };
	return { ...LINK, inputType: null, ...own, ...changes };
}

/** An output whose topic and name are made of its id. */
export function output(id: number, changes: Partial<OdfSpec> = {}): OdfSpec {
	return { ...LINK, id, name: ["device", `out${id}`], topic: `topic/out${id}`, ...changes };
}

/** A graph that is not watched. */
export function graphOf(
	idfs: readonly IdfSpec[],
	odfs: readonly OdfSpec[],
	changes: Partial<PipelineSpec> = {},
): PipelineSpec {
	return { idfs, odfs, join: null, monitorTopic: null, monitorIntervalMs: 0, ...changes };
}

/** A graph as the engine is told it: inputs that share a function, outputs without one. */
export function declared(
	graph: number,
	func: number | null,
	inputs: readonly number[],
	changes: Partial<GraphSpec> = {},
): GraphSpec {
	const link = (id: number, name: string) => ({
		id,
		name: ["device", `${name}${id}`] as const,
		param_no: null,
		tag_param_no: 0,
	});
	const idfs = inputs.map((id) => ({ ...link(id, "in"), func, input_type: null, slot: null }));
	return { graph, join: null, records: "none", idfs, odfs: [], ...changes };
}
