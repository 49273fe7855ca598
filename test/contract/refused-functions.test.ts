import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { call, type Json, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const BAD = "def run(x:\n";
const GOOD = "def run(x): return x * 2\n";
const NO_RUN = "x = 1\n";
const UNKNOWN = "0".repeat(64);

let target: Target;
let gui: TestClient;
beforeAll(async () => {
	target = await startTarget();
	gui = await TestClient.connect(target.mqtt);
});
afterAll(() => target.dispose());

async function attached(name?: string): Promise<{
	graph: TestGraph;
	bad: string;
	good: string;
	noRun: string;
}> {
	const graph = await TestGraph.open(gui, "ccm", name);
	await graph.ok({ op: "attach" });
	const [bad = "", good = "", noRun = ""] = await graph.addFunctions(BAD, GOOD, NO_RUN);
	return { graph, bad, good, noRun };
}

async function refused(graph: TestGraph, request: Json, reason: string): Promise<void> {
	const reply = await graph.call(request);
	expect(reply).toMatchObject({ ...request, state: "error" });
	expect(String(reply.reason)).toContain(reason);
}

async function viewOf(graph: TestGraph): Promise<Json> {
	const views: unknown = JSON.parse((await call(target, "GET", "/api/graphs")).text);
	if (!Array.isArray(views)) throw new Error("no list of graphs");
	return views.find((view) => graph.request.endsWith(`/graph/${view.graph}`));
}

describe("§4.6 prev after a refusal", () => {
	test("§4.6 set_join goes on from the digest that was refused, or from the current one", async () => {
		const { graph, bad, good, noRun } = await attached();
		await refused(graph, { op: "set_join", prev: null, new: bad }, "SyntaxError");
		await refused(graph, { op: "set_join", prev: bad, new: noRun }, "`run` not found");
		await refused(graph, { op: "set_join", prev: bad, new: good }, "`prev` field mismatch");
		// That was the digest asked for last.
		await graph.ok({ op: "set_join", prev: good, new: good });
		await refused(graph, { op: "set_join", prev: bad, new: null }, "`prev` field mismatch");
		await graph.ok({ op: "set_join", prev: null, new: null });
		await refused(graph, { op: "set_join", prev: null, new: UNKNOWN }, "New function not found");
		await graph.ok({ op: "set_join", prev: null, new: good });
		await refused(graph, { op: "set_join", prev: good, new: UNKNOWN }, "New function not found");
		await graph.ok({ op: "set_join", prev: UNKNOWN, new: null });
	});

	test("§4.7 set_df_func does so too, also after an add_link that came to nothing", async () => {
		const { graph, bad, good } = await attached();
		const link = { da_id: randomUUID(), idf: "a" };
		await graph.ok({ op: "add_link", ...link });
		await refused(graph, { op: "add_link", ...link, func: good }, "link already exists");
		await refused(graph, { op: "set_df_func", ...link, prev: good, new: bad }, "Maybe some error");
		await graph.ok({ op: "set_df_func", ...link, prev: bad, new: good });
		await refused(graph, { op: "set_df_func", ...link, prev: bad, new: null }, "mismatch");
		await graph.ok({ op: "set_df_func", ...link, prev: null, new: null });
		await refused(graph, { op: "set_df_func", ...link, prev: UNKNOWN, new: good }, "mismatch");
		await graph.ok({ op: "set_df_func", ...link, prev: null, new: good });
	});
});

describe("§4.4 an add_link refused for its source", () => {
	test("§4.4 it leaves a link without data, which set_df_func repairs", async () => {
		const { graph, bad, good } = await attached();
		const device = await TestDevice.register(target);
		await device.say("online");
		const idf = { da_id: device.id, idf: "meow" };
		const odf = { da_id: device.id, odf: "meow" };
		await refused(graph, { op: "add_link", ...idf, func: bad, param_no: 1 }, "SyntaxError");
		const input = String((await device.signal()).topic);
		await graph.ok({ op: "add_link", ...odf });
		const output = String((await device.signal()).topic);
		await device.client.subscribe(output);
		await device.client.publish(input, [1]);
		await until(async () => (await viewOf(graph)).dropped === 1, "the message to be counted");
		expect(await viewOf(graph)).toMatchObject({
			idfs: [{ func: bad, error: expect.stringContaining("SyntaxError") }],
			odfs: [{ error: null }],
			last_error: { stage: "idf", digest: bad, reason: expect.stringContaining("SyntaxError") },
		});
		expect((await graph.ok({ op: "get_graph" })).links).toEqual([
			{
				...idf,
				func: bad,
				depends: {},
				input_type: null,
				param_no: 1,
				tag_param_no: 0,
				error: expect.stringContaining("SyntaxError"),
			},
			{ ...odf, func: null, depends: {}, input_type: null, param_no: null, tag_param_no: 0 },
		]);
		await graph.ok({ op: "set_df_func", ...idf, prev: bad, new: good });
		expect(await viewOf(graph)).toMatchObject({ idfs: [{ func: good, error: null }] });
		await device.client.publish(input, [2]);
		expect((await device.client.next(output)).text).toBe("[4]");
		await graph.ok({ op: "rm_link", ...idf });
		expect(await device.signal()).toMatchObject({ command: "DISCONNECT", topic: input });
	});

	test("§4.4 an output without a usable function drops its results alone", async () => {
		const { graph, bad, good } = await attached();
		const device = await TestDevice.register(target);
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "i" });
		const input = String((await device.signal()).topic);
		const broken = { da_id: device.id, odf: "broken" };
		await refused(graph, { op: "add_link", ...broken, func: bad }, "SyntaxError");
		const silent = String((await device.signal()).topic);
		await graph.ok({ op: "add_link", da_id: device.id, odf: "whole" });
		const output = String((await device.signal()).topic);
		await device.client.subscribe(output);
		await device.client.subscribe(silent);
		await device.client.publish(input, [3]);
		expect((await device.client.next(output)).text).toBe("[3]");
		await until(async () => (await viewOf(graph)).dropped === 1, "the result to be counted");
		await graph.ok({ op: "set_df_func", ...broken, prev: bad, new: good });
		await device.client.publish(input, [4]);
		expect((await device.client.next(silent)).text).toBe("[8]");
	});

	test("§4.4 a further add_link is carried out as if new, good or bad, with the same topic", async () => {
		const { graph, bad, good, noRun } = await attached();
		const device = await TestDevice.register(target);
		await device.say("online");
		const link = { op: "add_link", da_id: device.id, idf: "meow" };
		await refused(graph, { ...link, func: bad }, "SyntaxError");
		const input = String((await device.signal()).topic);
		await refused(graph, { ...link, func: noRun }, "`run` not found");
		await refused(graph, { ...link, func: UNKNOWN }, "Function unknown");
		const change = { op: "set_df_func", da_id: device.id, idf: "meow" };
		await refused(graph, { ...change, prev: UNKNOWN, new: bad }, "Maybe some error");
		await graph.ok({ op: "add_link", da_id: device.id, odf: "meow" });
		const output = String((await device.signal()).topic);
		await graph.ok({ ...link, func: good });
		await refused(graph, { ...link, func: good }, "link already exists");
		await device.client.subscribe(output);
		await device.client.publish(input, [5]);
		expect((await device.client.next(output)).text).toBe("[10]");
		expect(await viewOf(graph)).toMatchObject({ idfs: [{ topic: input, error: null }] });
		await refused(graph, { ...link, idf: "other", func: bad }, "SyntaxError");
		await graph.ok({ op: "detach" });
	});

	test("§4.4 it is kept over restarts, and so is what was asked for", async () => {
		const name = randomUUID();
		const { graph, bad, good, noRun } = await attached(name);
		const device = await TestDevice.register(target);
		const link = { da_id: device.id, idf: "meow" };
		await refused(graph, { op: "add_link", ...link, func: bad }, "SyntaxError");
		await refused(graph, { op: "set_df_func", ...link, prev: bad, new: noRun }, "`run` not found");
		await refused(graph, { op: "set_join", prev: null, new: bad }, "SyntaxError");
		if (!TESTS_EXTERNAL) await Promise.all([gui.end(), device.client.end()]);
		target = await target.restart();
		if (!TESTS_EXTERNAL) gui = await TestClient.connect(target.mqtt);
		const again = await TestGraph.open(gui, "ccm", name);
		const { links } = await again.ok({ op: "get_graph" });
		expect(links).toMatchObject([{ func: bad, error: expect.stringContaining("SyntaxError") }]);
		await again.ok({ op: "set_join", prev: bad, new: null });
		await again.ok({ op: "set_df_func", ...link, prev: noRun, new: good });
		expect((await again.ok({ op: "get_graph" })).links).toMatchObject([{ func: good }]);
		expect(JSON.stringify((await again.ok({ op: "get_graph" })).links)).not.toContain("error");
		if (TESTS_EXTERNAL) await device.client.end();
	});
});

describe("§4.6 input_type false", () => {
	test("§4.6 it counts as absent, in add_link and in set_df_func", async () => {
		const { graph, good } = await attached();
		const link = { da_id: randomUUID(), idf: "a", input_type: false };
		expect(await graph.call({ op: "add_link", ...link })).toEqual({
			op: "add_link",
			...link,
			state: "ok",
		});
		const other = { ...link, idf: "b" };
		await graph.ok({ op: "add_link", ...other, input_type: "variant" });
		await graph.ok({ op: "set_df_func", ...other, new: good });
		expect((await graph.ok({ op: "get_graph" })).links).toMatchObject([
			{ idf: "a", input_type: null },
			{ idf: "b", input_type: "variant", func: good },
		]);
		await refused(graph, { op: "add_link", ...link, input_type: true }, "Field 'input_type'");
	});
});
