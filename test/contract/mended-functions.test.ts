// An error belongs to the function that failed: once that is replaced, it is no longer shown as the graph's.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { GraphView } from "../../src/contract/views.ts";
import { Flow } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const BAD = "\n# Divides.\ndef run(x):\n    return 10 / x\n";
const GOOD = "def run(x): return 10 / x if x else 0\n";

describe("the last error of a graph", () => {
	let target: Target;
	let flow: Flow;
	beforeEach(async () => {
		target = await startTarget({ esm: { "call-timeout": 1000 } });
		flow = await Flow.build(target, { idfs: [{ code: BAD }, {}], odfs: [{}] });
	});
	afterEach(async () => {
		await flow.device.client.end();
		await target.dispose();
	});

	const graph = async () => {
		const [view] = JSON.parse((await call(target, "GET", "/api/graphs")).text) as GraphView[];
		if (view === undefined) throw new Error("There is no graph");
		return view;
	};
	async function setFunction(prev: string | null, code: string): Promise<string> {
		const [digest = ""] = await flow.graph.addFunctions(code);
		await flow.graph.ok({
			op: "set_df_func",
			da_id: flow.device.id,
			idf: "idf0",
			prev,
			new: digest,
		});
		return digest;
	}

	test("is there until its function is replaced; functions are shown by their first line", async () => {
		const [bad = null] = (await graph()).idfs.map(({ func }) => func);
		expect((await graph()).idfs.map(({ title }) => title)).toEqual(["# Divides.", null]);
		await flow.send([0]);
		await until(async () => (await graph()).last_error !== null, "the error");
		expect((await graph()).last_error).toMatchObject({ digest: bad, source: "return 10 / x" });
		// Another function of the graph changes nothing about it.
		await flow.setJoin("def run(a, b): return a\n");
		expect((await graph()).last_error).not.toBeNull();
		await setFunction(bad, GOOD);
		expect((await graph()).last_error).toBeNull();
		expect((await graph()).dropped).toBe(1);
		expect((await graph()).idfs[0]?.title).toBe(GOOD.trim());
	});

	test("that names no function goes with the next change of functions", async () => {
		const [before = null] = (await graph()).idfs.map(({ func }) => func);
		const stuck = await setFunction(before, "def run(x): return sum(range(10 ** 12))\n");
		await flow.send([1]);
		await until(async () => (await graph()).last_error !== null, "the error");
		await setFunction(stuck, GOOD);
		expect((await graph()).last_error).toBeNull();
	});
});
