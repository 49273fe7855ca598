import { describe, expect, test } from "bun:test";
import type { UserFunction } from "../../../src/ccm/functions/built-function.ts";
import { type ActualGraph, readGraph } from "../../../src/ccm/plan/actual.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import { diffGraph } from "../../../src/ccm/plan/diff.ts";
import type { GraphSpec } from "../../../src/ccm/plan/graph-spec.ts";
import type { Op } from "../../../src/ccm/plan/operations.ts";
import { CsmModel } from "../support/csm-model.ts";
import { block, join, link, port, project, uuid } from "../support/documents.ts";
import { expectGraphs } from "../support/expect-graphs.ts";
import { Random } from "../support/random.ts";
import { EditedProject } from "../support/random-edits.ts";

const ATTACHED = { op: "get_graph" };

/** What the model would answer to `get_graph` for each of its graphs. */
function actualOf(model: CsmModel): Map<string, ActualGraph> {
	const graphs = new Map<string, ActualGraph>();
	for (const id of model.graphs.keys()) {
		const graph = readGraph(model.handle(id, ATTACHED));
		if (graph !== undefined) graphs.set(id, graph);
	}
	return graphs;
}

/**
 * All operations that make the actual graphs the desired ones, as the reconciler carries them out: additions of all
 * graphs before removals.
 */
function diff(desired: readonly GraphSpec[], actual: ReadonlyMap<string, ActualGraph>) {
	const wanted = new Map(desired.map((spec) => [spec.graph, spec]));
	const ids = [...new Set([...wanted.keys(), ...actual.keys()])];
	const diffs = ids.map((graph) => {
		const { additions, removals } = diffGraph(wanted.get(graph), actual.get(graph));
		const at = (op: Op) => ({ graph, op });
		return { additions: additions.map(at), removals: removals.map(at) };
	});
	return [
		...diffs.flatMap(({ additions }) => additions),
		...diffs.flatMap(({ removals }) => removals),
	];
}

/** Carries out what is missing; every operation has to be accepted. @returns how many there were. */
function bring(model: CsmModel, desired: readonly GraphSpec[], actual = actualOf(model)): number {
	const ops = diff(desired, actual);
	for (const { graph, op } of ops) {
		expect(model.handle(graph, { ...op })).toMatchObject({ state: "ok" });
	}
	return ops.length;
}

describe("the difference between desired and actual graphs", () => {
	test("makes them the same, over two thousand random edits", () => {
		const random = new Random(21);
		const edited = [new EditedProject(random, 1), new EditedProject(random, 2)];
		const model = new CsmModel();
		for (let round = 0; round < 2000; round++) {
			random.pick(edited)?.edit();
			// Several changes may come before CSM is told.
			if (random.chance(30)) continue;
			const desired = edited.flatMap(({ document, functions }) =>
				desiredGraphs(document, (id) => functions.get(id)),
			);
			bring(model, desired);
			expectGraphs(model, desired);
			expect(bring(model, desired)).toBe(0);
		}
	});

	test("is nothing for a project that is off and was never on", () => {
		const edited = new EditedProject(new Random(3));
		const off = { ...edited.document, status: "off" as const };
		expect(
			diff(
				desiredGraphs(off, () => undefined),
				new Map(),
			),
		).toEqual([]);
	});

	test("leaves a device that moves to another graph connected", () => {
		const ports = [port({ dfo_id: 1, df_name: "A-I" })];
		const lamp = block(2, 2, [port({ dfo_id: 2, df_name: "B-O" })]);
		const plan = (naId: number) =>
			project([block(1, 1, ports), lamp], [join(naId, [link(1), link(2)])]);
		const model = new CsmModel();
		bring(
			model,
			desiredGraphs(plan(1), () => undefined),
		);
		bring(
			model,
			desiredGraphs(plan(2), () => undefined),
		);
		expect([...model.graphs.keys()]).toEqual(["2"]);
		expect(model.disconnects).toEqual([]);
	});
});

describe("the inputs of a join", () => {
	const sum: UserFunction = {
		fn_id: 9,
		fn_name: "sum",
		code: "def run(*args): return sum(args)\n",
	};
	const functions = (id: number) => (id === 9 ? sum : undefined);
	const blocks = (first: number | null) => [
		block(1, first, [port({ dfo_id: 1, df_name: "A-I" })]),
		block(2, 2, [port({ dfo_id: 2, df_name: "A-I" })]),
		block(3, 3, [port({ dfo_id: 3, df_name: "B-O" })]),
	];
	const links = [link(1), link(2), link(3)];
	const plan = (first: number | null, fn: number | null) =>
		desiredGraphs(project(blocks(first), [join(1, links, fn)]), functions);

	test("keep their order through a new function when the first is bound again", () => {
		const model = new CsmModel();
		bring(model, plan(1, 9));
		bring(model, plan(7, 9));
		expectGraphs(model, plan(7, 9));
		// The other device never noticed.
		expect(model.disconnects).toEqual([`idf ${uuid(1)} A-I`]);
	});

	test("are linked again behind the first where there is no function", () => {
		const model = new CsmModel();
		bring(model, plan(1, null));
		bring(model, plan(7, null));
		expectGraphs(model, plan(7, null));
		expect(model.disconnects).toEqual([`idf ${uuid(2)} A-I`, `idf ${uuid(1)} A-I`]);
	});

	test("have no join function while there is one only", () => {
		const one = project(blocks(1), [join(1, [link(1), link(3)], 9)]);
		expect(desiredGraphs(one, functions)[0]?.join).toBeNull();
		// Two of the same feature are two (`ccm-gui.md §13`).
		expect(plan(1, 9)[0]?.join).toBe(sum);
		// One of them waits for its device: the function stays in force.
		expect(plan(null, 9)[0]?.join).toBe(sum);
	});

	test("go through the function before there is an output that would get them as they are", () => {
		const ops = diff(plan(1, 9), new Map()).map(({ op }) =>
			op.op === "add_link" ? (op.odf ?? op.idf) : op.op,
		);
		expect(ops.filter((op) => op !== "add_funcs")).toEqual([
			...["attach", "A-I", "A-I", "set_join", "B-O"],
		]);
	});

	test("may be the same feature of one device twice", () => {
		const model = new CsmModel();
		bring(model, plan(2, 9));
		expectGraphs(model, plan(2, 9));
		const source = [...model.sources.values()].find((code) => code.includes("iot._sum"));
		expect(source).toContain("iot._sum(args[0], args[0])");
	});

	test("of a CSM that keeps slots in another order reach the function as z1 … zn", () => {
		const model = new CsmModel();
		const [spec] = plan(1, 9);
		if (spec === undefined) throw new Error("no graph");
		// Another client linked them the other way round.
		bring(model, [{ ...spec, links: spec.links.toReversed(), join: null, inputs: [] }]);
		bring(model, [spec]);
		expectGraphs(model, [spec]);
		expect(model.disconnects).toEqual([]);
	});
});

describe("sources", () => {
	test("are sent in pieces of a size that brokers take", () => {
		const long = `${"# filler\n".repeat(20_000)}def run(*args):\n    return 1\n`;
		const functions = (id: number): UserFunction => ({
			fn_id: id,
			fn_name: `f${id}`,
			code: `# ${id}\n${long}`,
		});
		const ports = [1, 2, 3].map((id) => port({ dfo_id: id, df_name: `A-I${id}` }));
		const plan = project([block(1, 1, ports)], [join(1, [link(1, 1), link(2, 2), link(3, 3)])]);
		const sizes = diff(desiredGraphs(plan, functions), new Map())
			.filter(({ op }) => op.op === "add_funcs")
			.map(({ op }) => JSON.stringify(op).length);
		expect(sizes.length).toBe(3);
		expect(Math.max(...sizes)).toBeLessThan(500_000);
	});
});
