import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow, type FlowLink } from "../support/flow.ts";
import type { Json } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

/** A flow whose monitor is on, with the next monitor message at hand. */
async function monitored(spec: { idfs: FlowLink[]; odfs: FlowLink[]; join?: string }) {
	const flow = await Flow.build(target, spec);
	const topic = String((await flow.graph.ok({ op: "start_monitor" })).monitor_topics);
	await flow.device.client.subscribe(topic);
	const id = (name: string) => [flow.device.id, name];
	return { flow, topic, id, next: () => flow.device.client.nextJson(topic) };
}

const runners: [string, { code?: string }][] = [
	["without functions", {}],
	["in Python", { code: "def run(*values): return list(values)\n" }],
];

describe("§4.8 start_monitor and stop_monitor", () => {
	test("§4.8 echo, one topic per graph as a string, both idempotent", async () => {
		const { flow, topic } = await monitored({ idfs: [{}], odfs: [{}] });
		expect(topic).toMatch(/^iottalk\/monitor\/[0-9a-f-]{36}$/);
		const start = { op: "start_monitor", client_id: "c", aa_credential_id: 7 };
		const started = { ...start, monitor_topics: topic, state: "ok" };
		expect(await flow.graph.call(start)).toEqual(started);
		const stop = { op: "stop_monitor", client_id: "c" };
		expect(await flow.graph.call(stop)).toEqual({ ...stop, state: "ok" });
		expect(await flow.graph.call(stop)).toEqual({ ...stop, state: "ok" });
		expect(await flow.graph.call(start)).toEqual(started);
	});

	test("§6 nothing is sent while it is off", async () => {
		const { flow, topic, next } = await monitored({ idfs: [{}], odfs: [{}] });
		await flow.graph.ok({ op: "stop_monitor" });
		await flow.expect([1], [1]);
		await flow.graph.ok({ op: "start_monitor" });
		await flow.expect([2], [2]);
		expect(await next()).toMatchObject({ data: { idf: { input: [2] } } });
		expect(flow.device.client.inbox.waiting.filter((message) => message.topic === topic)).toEqual(
			[],
		);
	});

	test("§4.8 monitoring goes on after a restart, on the same topic", async () => {
		let own = await startTarget();
		const flow = await Flow.build(own, { idfs: [{}], odfs: [{}] });
		const { monitor_topics } = await flow.graph.ok({ op: "start_monitor" });
		await flow.device.client.end();
		own = await own.restart();
		const { TestClient } = await import("../support/mqtt.ts");
		const client = await TestClient.connect(own.mqtt);
		await client.subscribe(String(monitor_topics));
		await client.publish(flow.idfTopics[0] ?? "", [5]);
		expect(await client.nextJson(String(monitor_topics))).toMatchObject({
			data: { idf: { input: [5] } },
		});
		await client.end();
		await own.dispose();
	});
});

describe.each(runners)("§6 data records %s", (_name, odf) => {
	test("§6 the record has every stage, without tags, after the ODF messages, QoS 2, not retained", async () => {
		const { flow, topic, id } = await monitored({
			idfs: [{ param_no: 2, tag_param_no: 1 }, {}],
			odfs: [{ ...odf, param_no: 3, tag_param_no: 1 }],
		});
		await flow.send([1, 2, "tag"]);
		const isOurs = ({ topic: from }: { topic: string }) =>
			from === topic || from === flow.odfTopics[0];
		const first = await flow.device.client.inbox.take("the ODF's message", isOurs);
		const second = await flow.device.client.inbox.take("the record", isOurs);
		expect(first.topic).toBe(flow.odfTopics[0] ?? "");
		expect([second.topic, second.qos, second.retain]).toEqual([topic, 2, false]);
		expect(JSON.parse(second.text)).toEqual({
			op: "monitor_info",
			data: {
				idf: { id: id("idf0"), input: [1, 2], output: [1, 2] },
				join: { input: [[1, 2], null], output: [[1, 2], null] },
				odf: [{ id: id("odf0"), output: [[1, 2], null, null] }],
			},
		});
	});

	test("§6 messages of the wrong length are not shown, malformed ones as errors without source", async () => {
		const { flow, next } = await monitored({ idfs: [{ param_no: 1 }], odfs: [{ ...odf }] });
		await flow.send([1, 2]);
		await flow.send("nonsense");
		expect(await next()).toEqual({
			op: "esm_error",
			data: { msg: expect.stringContaining("malformed"), src: null },
		});
		await flow.send([7]);
		expect(await next()).toMatchObject({ op: "monitor_info", data: { idf: { input: [7] } } });
	});

	test("§5.1 an empty result where values are wanted is an error", async () => {
		const { flow, next } = await monitored({ idfs: [{}], odfs: [{ ...odf, param_no: 1 }] });
		await flow.send([]);
		expect(await next()).toMatchObject({
			op: "esm_error",
			data: { msg: expect.stringContaining("empty result") },
		});
	});
});

describe("§6 records and failures of functions", () => {
	const FAIL = "def run(x):\n  if x == 1: return x / 0\n  return x\n";

	test("§6 slots, unwrapping and results as the functions saw them", async () => {
		const { flow, next, id } = await monitored({
			idfs: [{ code: "def run(a, b): return [a + b]\n", input_type: ["variant", "sample"] }],
			odfs: [{ code: "def run(x): return x, x\n" }],
			join: "def run(x): return x * 10\n",
		});
		await flow.send([1, 2]);
		await next();
		await flow.send([5, 2]);
		expect(await next()).toEqual({
			op: "monitor_info",
			data: {
				idf: { id: id("idf0"), input: [4, 2], output: [6] },
				join: { input: [[6]], output: 60 },
				odf: [{ id: id("odf0"), output: [60, 60] }],
			},
		});
	});

	test("§6 a graph without ODF shows an empty list", async () => {
		const { flow, next } = await monitored({
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [],
		});
		await flow.send([1]);
		expect(await next()).toMatchObject({ data: { join: { output: 1 }, odf: [] } });
	});

	test("§6 what is no JSON shows as Python prints it", async () => {
		const { flow, next } = await monitored({
			idfs: [{ code: "def run(x): return {x}\n" }],
			odfs: [{ code: "def run(x): return float('nan')\n" }],
		});
		await flow.send([1]);
		expect(await next()).toMatchObject({
			data: { idf: { output: "{1}" }, join: { output: "{1}" }, odf: [{ output: [null] }] },
		});
	});

	test.each([
		["idf", { idfs: [{ code: FAIL }], odfs: [{}] }],
		["join", { idfs: [{}], odfs: [{}], join: FAIL }],
		["odf", { idfs: [{}], odfs: [{ code: FAIL }] }],
	])(
		"§6 a failing %s function is reported with stage, traceback and source",
		async (stage, spec) => {
			const { flow, next } = await monitored(spec);
			await flow.send([1]);
			const { op, data } = (await next()) as { op: string; data: Json };
			expect([op, data.src]).toEqual(["esm_error", FAIL]);
			expect(data.msg).toStartWith(`${stage} function failure:\nTraceback`);
			expect(data.msg).toContain("line 2, in run");
			expect(data.msg).toEndWith("ZeroDivisionError: division by zero");
		},
	);

	test("§12 a failing ODF suppresses neither the others nor the record", async () => {
		const { flow, next, id } = await monitored({ idfs: [{}], odfs: [{ code: FAIL }, {}] });
		await flow.send([1]);
		expect((await flow.receive(1)).text).toBe("[1]");
		expect(await next()).toMatchObject({ op: "esm_error" });
		expect(await next()).toMatchObject({ data: { odf: [{ id: id("odf1"), output: [1] }] } });
	});

	test("§6 a stuck function is an error too", async () => {
		const { flow, next } = await monitored({
			idfs: [{ code: "def run(x):\n  while True: pass\n" }],
			odfs: [],
		});
		await flow.send([1]);
		expect(await next()).toMatchObject({
			op: "esm_error",
			data: { msg: expect.stringContaining("time limit of 2000 ms exceeded") },
		});
		await flow.graph.ok({ op: "detach" });
	});

	test("§6 both kinds are rate-limited, and the newest is never lost", async () => {
		const { flow, topic } = await monitored({ idfs: [{ code: FAIL }], odfs: [{}] });
		const last = 2000;
		for (let n = 2; n <= last; n++)
			flow.device.client.raw.publish(flow.idfTopics[0] ?? "", `[${n}]`);
		const records: Json[] = [];
		for (let shown = 0; shown !== last; ) {
			const message = await flow.device.client.inbox.take(
				"a record",
				(item) => item.topic === topic,
			);
			const { op, data } = JSON.parse(message.text);
			// A queue that overflows is reported here as well.
			if (op === "esm_error") continue;
			shown = data.idf.input[0];
			records.push(data);
		}
		expect(records.length).toBeLessThan(last / 4);
	});
});
