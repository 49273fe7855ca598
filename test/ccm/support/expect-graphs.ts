// Whether a CSM model holds what a project wants, judged by what the contract promises and not by how it came about.
import { expect } from "bun:test";
import type { GraphSpec } from "../../../src/ccm/plan/graph-spec.ts";
import { nameOfKey } from "../../../src/ccm/plan/operations.ts";
import type { CsmModel, ModelGraph } from "./csm-model.ts";

/** Fails where a graph is too many, missing, or not as wanted. */
export function expectGraphs(model: CsmModel, specs: readonly GraphSpec[]): void {
	const attached = [...model.graphs].filter(([, { attached }]) => attached).map(([id]) => id);
	expect(attached.sort()).toEqual(specs.map(({ graph }) => graph).sort());
	for (const spec of specs) {
		const graph = model.graphs.get(spec.graph);
		if (graph !== undefined) expectGraph(model, graph, spec);
	}
}

function expectGraph(model: CsmModel, graph: ModelGraph, spec: GraphSpec): void {
	const links = spec.links.map(({ key, func, paramNo, tagParamNo, inputType }) => [
		nameOfKey(key),
		func.use.digest,
		func.use.depends,
		paramNo,
		tagParamNo,
		key.mode === "idf" ? kindsOf(inputType) : undefined,
	]);
	const held = [...graph.links].map(([name, link]) => [
		name,
		link.func,
		link.depends,
		link.param_no,
		link.tag_param_no,
		name.startsWith("idf") ? kindsOf(link.input_type) : undefined,
	]);
	expect(held.sort(byName)).toEqual(links.sort(byName));
	const inputs = spec.join === null ? [...new Set(spec.inputs)] : [...spec.inputs];
	expect(orderOf(model, graph)).toEqual(inputs);
}

/** The keys a join's function is given, or its outputs get, one after another. */
function orderOf(model: CsmModel, { links, join }: ModelGraph): string[] {
	const slots = [...links.keys()].filter((name) => name.startsWith("idf"));
	if (join.func === null) return slots;
	const [, args = ""] = /iot\.\w+\((.*)\)\]/.exec(model.sources.get(String(join.func)) ?? "") ?? [];
	if (args === "*args") return slots;
	return [...args.matchAll(/args\[(\d+)\]/g)].map(([, slot]) => slots[Number(slot)] ?? "");
}

/** Which parameters are variants; what a list leaves out is a sample (`csm.md §5.1`). */
function kindsOf(inputType: unknown): number[] {
	const kinds: unknown[] = Array.isArray(inputType) ? inputType : [];
	return kinds.flatMap((kind, index) => (kind === "variant" ? [index] : []));
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
	return String(a) < String(b) ? -1 : 1;
}
