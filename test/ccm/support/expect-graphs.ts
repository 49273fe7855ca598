// Whether a CSM holds what projects want, judged by what the contract promises and not by how it came about.
import { expect } from "bun:test";
import type { BuiltFunction } from "../../../src/ccm/functions/built-function.ts";
import { joinFunction } from "../../../src/ccm/functions/wrappers.ts";
import { type GraphSpec, hasJoin } from "../../../src/ccm/plan/graph-spec.ts";
import { nameOfKey } from "../../../src/ccm/plan/operations.ts";
import type { CsmModel, ModelGraph } from "./csm-model.ts";

/** What a CSM has: a model's own, or what a real one says. */
export type Held = Pick<CsmModel, "graphs" | "sources">;

/**
 * Fails where a graph is too many, missing, or not as wanted.
 * @param refuses Whether the CSM takes no such function: then only the link itself has to be there.
 */
export function expectGraphs(
	model: Held,
	specs: readonly GraphSpec[],
	refuses: (fn: BuiltFunction) => boolean = () => false,
): void {
	const attached = [...model.graphs].filter(([, { attached }]) => attached).map(([id]) => id);
	expect(attached.sort()).toEqual(specs.map(({ graph }) => graph).sort());
	for (const spec of specs) {
		const graph = model.graphs.get(spec.graph);
		if (graph !== undefined) expectGraph(model, graph, spec, refuses);
	}
}

function expectGraph(
	model: Held,
	graph: ModelGraph,
	spec: GraphSpec,
	refuses: (fn: BuiltFunction) => boolean,
): void {
	const refused = new Set(
		spec.links.flatMap(({ key, func }) => (refuses(func) ? [nameOfKey(key)] : [])),
	);
	const only = ([name, ...rest]: readonly unknown[]) =>
		refused.has(String(name)) ? [name] : [name, ...rest];
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
	expect(held.map(only).sort(byName)).toEqual(links.map(only).sort(byName));
	// A join that is refused leaves the one before, made for other slots.
	if (hasJoin(spec) && refuses(joinFunction(spec.join ?? undefined, NO_SLOTS))) return;
	const inputs = hasJoin(spec) ? spec.inputs : [...new Set(spec.inputs)];
	expect(inRuns(orderOf(model, graph), spec.members)).toEqual(inRuns(inputs, spec.members));
}

const NO_SLOTS = { order: [], slots: 0, members: new Set<number>() };

/** Members of a crowd that follow each other do so in no certain order. */
function inRuns(names: readonly string[], members: ReadonlySet<string>): string[][] {
	const runs: string[][] = [];
	for (const name of names) {
		const last = runs.at(-1);
		const goesOn = members.has(name) && members.has(last?.[0] ?? "");
		if (goesOn) last?.push(name);
		else runs.push([name]);
	}
	return runs.map((run) => run.sort());
}

/** The keys a join's function is given, or its outputs get, one after another. */
function orderOf(model: Held, { links, join }: ModelGraph): string[] {
	const slots = [...links.keys()].filter((name) => name.startsWith("idf"));
	if (join.func === null) return slots;
	const source = model.sources.get(String(join.func)) ?? "";
	const [, inner = ""] = /return (?:\[|spread\()(.*)[\])]\n$/.exec(source) ?? [];
	const args = /^iot\.\w+\((.*)\)$/.exec(inner)?.[1] ?? inner;
	if (args === "*args") return slots;
	const parts = args.replaceAll("args[at]", "it").matchAll(/\*\[([^\]]*)\]|args\[(\d+)\]/g);
	return [...parts].flatMap(([, crowd, slot]) => {
		if (crowd === undefined) return slots[Number(slot)] ?? "";
		const named = [...(/(?<=in \().*(?=,\))/.exec(crowd)?.[0].matchAll(/\d+/g) ?? [])].map(Number);
		if (crowd.startsWith("it")) return named.map((at) => slots[at] ?? "");
		return slots.filter((_, at) => !named.includes(at));
	});
}

/** Which parameters are variants; what a list leaves out is a sample (`csm.md §5.1`). */
function kindsOf(inputType: unknown): number[] {
	const kinds: unknown[] = Array.isArray(inputType) ? inputType : [];
	return kinds.flatMap((kind, index) => (kind === "variant" ? [index] : []));
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
	return String(a) < String(b) ? -1 : 1;
}
