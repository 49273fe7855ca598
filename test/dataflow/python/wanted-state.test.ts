import { describe, expect, test } from "bun:test";
import type { GraphSpec } from "../../../src/dataflow/python/protocol.ts";
import { WantedState } from "../../../src/dataflow/python/wanted-state.ts";

const source = (digest: string) => ({ digest, code: "def run(x): return x", helpers: [] });

function graph(number: number, slots: Record<number, string | null>): GraphSpec {
	const idfs = Object.entries(slots).map(([id, slot]) => ({
		id: Number(id),
		name: ["device", `in${id}`] as const,
		func: null,
		input_type: null,
		param_no: null,
		tag_param_no: 0,
		slot,
	}));
	return { graph: number, join: null, records: "none", idfs, odfs: [] };
}

describe("wanted functions", () => {
	test("have handles of their own and are known until they are released", () => {
		const wanted = new WantedState();
		const [a, b] = [wanted.add(source("a")), wanted.add(source("a"))];
		expect(wanted.handles).toEqual([a.handle, b.handle]);
		expect(wanted.requestOf(a.handle)).toEqual({ handle: a.handle, ...source("a"), broken: null });
		wanted.release([a.handle]);
		expect(wanted.requestOf(a.handle)).toBeUndefined();
		expect(wanted.functions).toBe(1);
	});

	test("the first verdict is told, later ones only when they are worse", async () => {
		const wanted = new WantedState();
		const good = wanted.add(source("good"));
		expect(wanted.judge(good.handle, null)).toBeUndefined();
		await good.ready;
		expect(wanted.judge(good.handle, null)).toBeUndefined();
		expect(wanted.judge(good.handle, "no memory")).toBe("good");
		const bad = wanted.add(source("bad"));
		wanted.judge(bad.handle, "SyntaxError");
		expect(await bad.ready.catch(String)).toBe("InputError: SyntaxError");
		expect(wanted.judge(99, "never heard of")).toBeUndefined();
	});

	test("one that ended an engine stays, and is not run again", async () => {
		const wanted = new WantedState();
		const { handle, ready } = wanted.add(source("killer"));
		wanted.break(handle, "time limit");
		expect(wanted.judge(handle, "time limit")).toBeUndefined();
		expect(await ready.catch(String)).toContain("time limit");
		expect(wanted.requestOf(handle)?.broken).toBe("time limit");
		expect(wanted.judge(handle, "time limit")).toBeUndefined();
	});

	test("those without a verdict fail together, except for the patient", async () => {
		const wanted = new WantedState();
		const known = wanted.add(source("known"));
		wanted.judge(known.handle, null);
		const open = wanted.add(source("open"));
		const patient = wanted.add(source("patient"), true);
		wanted.failOpen("no engine");
		expect(await open.ready.catch(String)).toContain("no engine");
		expect(wanted.judge(patient.handle, null)).toBeUndefined();
		await patient.ready;
		expect(wanted.handles).toEqual([known.handle, open.handle, patient.handle]);
	});
});

describe("wanted graphs", () => {
	test("give the slots they moved in with to one engine only", () => {
		const wanted = new WantedState();
		wanted.declare(graph(1, { 7: "[1]" }), false);
		wanted.declare(graph(2, { 8: "[2]" }), true);
		expect(wanted.takeGraphs()).toEqual([graph(1, { 7: "[1]" }), graph(2, { 8: null })]);
		expect(wanted.takeGraphs()).toEqual([graph(1, { 7: null }), graph(2, { 8: null })]);
	});

	test("are found by their inputs, as they are now", () => {
		const wanted = new WantedState();
		wanted.declare(graph(1, { 7: null, 8: null }), true);
		expect(wanted.declare(graph(1, { 8: null }), true)).toEqual(graph(1, { 7: null, 8: null }));
		expect([7, 8].map((id) => wanted.graphOf(id))).toEqual([undefined, 1]);
		expect(wanted.drop(1)).toEqual(graph(1, { 8: null }));
		expect(wanted.graphOf(8)).toBeUndefined();
		expect(wanted.drop(1)).toBeUndefined();
	});
});
