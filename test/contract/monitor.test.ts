import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow, type FlowLink } from "../support/flow.ts";
import { type Json, TestGraph } from "../support/gateway.ts";
import { type Received, TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

/** A flow whose monitor is on, with the next monitor message at hand. */
async function monitored(
	spec: { idfs: FlowLink[]; odfs: FlowLink[]; join?: string },
	fields: Json = {},
) {
	const flow = await Flow.build(target, spec);
	const topic = String((await flow.graph.ok({ op: "start_monitor", ...fields })).monitor_topics);
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

	test("§6 what is not JSON shows as Python prints it", async () => {
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
		const begun = performance.now();
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
		// Fifty a second, and a timer may fire a little early against this clock.
		expect(records.length).toBeLessThanOrEqual((performance.now() - begun) / 19 + 1);
	});
});

/** An interval that no test waits for. */
const MINUTE = { interval_ms: 60_000 };

describe("§4.9 interval_ms of start_monitor", () => {
	test.each([-1, 60_001, 1.5, "100", true, null])(
		"§4.9 %j is refused, and nothing starts",
		async (value) => {
			const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
			const request = { op: "start_monitor", interval_ms: value };
			expect(await flow.graph.call(request)).toEqual({
				...request,
				state: "error",
				reason: "Field 'interval_ms' should be an integer from 0 to 60000",
			});
			const { monitor_topics: topic } = await flow.graph.ok({ op: "start_monitor" });
			await flow.graph.ok({ op: "stop_monitor" });
			await flow.device.client.subscribe(String(topic));
			await flow.graph.call(request);
			await flow.expect([1], [1]);
			await flow.graph.ok({ op: "start_monitor" });
			await flow.expect([2], [2]);
			expect(await flow.device.client.nextJson(String(topic))).toMatchObject({
				data: { idf: { input: [2] } },
			});
		},
	);

	test("§4.9 it is echoed as it came", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const start = { op: "start_monitor", interval_ms: 100, client_id: "c" };
		expect(await flow.graph.call(start)).toMatchObject({ ...start, state: "ok" });
	});

	test("§4.9 goes on after a restart", async () => {
		let own = await startTarget();
		const flow = await Flow.build(own, { idfs: [{}], odfs: [{}] });
		const start = { op: "start_monitor", ...MINUTE };
		const topic = String((await flow.graph.ok(start)).monitor_topics);
		await flow.device.client.end();
		own = await own.restart();
		const device = await TestClient.connect(own.mqtt);
		await device.subscribe(topic);
		await device.subscribe(flow.odfTopics[0] ?? "");
		for (const n of [1, 2, 3]) {
			await device.publish(flow.idfTopics[0] ?? "", [n]);
			await device.next(flow.odfTopics[0] ?? "");
		}
		expect(await device.nextJson(topic)).toMatchObject({ data: { idf: { input: [1] } } });
		const [client, , name] = flow.graph.request.split("/").slice(-3);
		const graph = await TestGraph.open(device, client, name);
		await graph.ok({ op: "start_monitor" });
		expect(await device.nextJson(topic)).toMatchObject({ data: { idf: { input: [3] } } });
		await device.end();
		await own.dispose();
	});
});

describe.each(runners)("§4.9 with interval_ms, %s", (_name, odf) => {
	const shown = (value: unknown) => ({ op: "monitor_info", data: { idf: { input: [value] } } });

	test("§4.9 at most one record an interval, and the newest is never lost", async () => {
		const { flow, topic } = await monitored(
			{ idfs: [{}], odfs: [{ ...odf }] },
			{ interval_ms: 200 },
		);
		const begun = performance.now();
		const last = 3000;
		for (let n = 1; n <= last; n++) {
			flow.device.client.raw.publish(flow.idfTopics[0] ?? "", `[${n}]`);
			if (n % 100 === 0) await flow.device.client.publish("pace", "");
		}
		let records = 0;
		for (let seen = 0; seen !== last; records++) {
			const isRecord = ({ topic: from, text }: Received) =>
				from === topic && text.includes("monitor_info");
			const { text } = await flow.device.client.inbox.take("a record", isRecord);
			seen = JSON.parse(text).data.idf.input[0];
		}
		// A timer may fire a little early against this clock.
		expect(records).toBeLessThanOrEqual((performance.now() - begun) / 190 + 1);
	});

	test("§4.9 the first record comes at once; the smallest interval of all viewers counts", async () => {
		const { flow, next } = await monitored({ idfs: [{}], odfs: [{ ...odf }] }, MINUTE);
		await flow.expect([1], [1]);
		expect(await next()).toMatchObject(shown(1));
		await flow.expect([2], [2]);
		await flow.expect([3], [3]);
		// A second viewer: what the first would have seen in a minute comes at once.
		await flow.graph.ok({ op: "start_monitor" });
		expect(await next()).toMatchObject(shown(3));
		await flow.graph.ok({ op: "start_monitor", ...MINUTE });
		for (const n of [4, 5]) {
			await flow.expect([n], [n]);
			expect(await next()).toMatchObject(shown(n));
		}
	});

	test("§4.9 stop_monitor ends it for all viewers, and forgets what was not sent", async () => {
		const { flow, next } = await monitored({ idfs: [{}], odfs: [{ ...odf }] }, MINUTE);
		for (const n of [1, 2]) await flow.expect([n], [n]);
		expect(await next()).toMatchObject(shown(1));
		await flow.graph.ok({ op: "stop_monitor" });
		await flow.expect([3], [3]);
		await flow.graph.ok({ op: "start_monitor", ...MINUTE });
		await flow.expect([4], [4]);
		expect(await next()).toMatchObject(shown(4));
	});

	test("§4.9 the newest is that of a complete run: what is dropped behind it does not hide it", async () => {
		const { flow, next } = await monitored(
			{ idfs: [{ param_no: 1 }], odfs: [{ ...odf }] },
			{ interval_ms: 1 },
		);
		await flow.expect([1], [1]);
		expect(await next()).toMatchObject(shown(1));
		for (const text of ["[2]", "[2, 3]", "[]"]) {
			flow.device.client.raw.publish(flow.idfTopics[0] ?? "", text);
		}
		expect(await next()).toMatchObject(shown(2));
	});

	test("§6 its records are those of every run", async () => {
		const { flow, next, id } = await monitored(
			{
				idfs: [{ param_no: 2, tag_param_no: 1 }, {}],
				odfs: [{ ...odf, param_no: 3, tag_param_no: 1 }],
			},
			MINUTE,
		);
		await flow.send('[1.0, {"a": [NaN, "é"]}, "tag"]');
		expect(await next()).toEqual({
			op: "monitor_info",
			data: {
				idf: { id: id("idf0"), input: [1, { a: [null, "é"] }], output: [1, { a: [null, "é"] }] },
				join: { input: [[1, { a: [null, "é"] }], null], output: [[1, { a: [null, "é"] }], null] },
				odf: [{ id: id("odf0"), output: [[1, { a: [null, "é"] }], null, null] }],
			},
		});
	});

	test("§6 failures do not wait for the interval", async () => {
		const { flow, next } = await monitored({ idfs: [{}], odfs: [{ ...odf }] }, MINUTE);
		await flow.expect([1], [1]);
		await next();
		await flow.send("nonsense");
		expect(await next()).toMatchObject({ op: "esm_error" });
	});
});

describe("§4.9 with interval_ms, functions", () => {
	test("§4.9 are shown the values they were given and gave, whatever they do to them later", async () => {
		const { flow, next } = await monitored(
			{
				idfs: [{ code: "def run(x):\n  x.append('changed')\n  return x[0]\n" }],
				odfs: [{ code: "given = []\ndef run(*x):\n  given.extend(x)\n  return given\n" }],
				join: "kept = []\ndef run(x):\n  kept.append(x)\n  if x == 0: raise ValueError\n  return kept\n",
			},
			MINUTE,
		);
		await flow.expect([[1]], [1]);
		expect(await next()).toMatchObject({ data: { idf: { input: [[1]] } } });
		await flow.expect([[2]], [1, 1, 2]);
		await flow.send([[0]]);
		expect(await next()).toMatchObject({ op: "esm_error" });
		await flow.graph.ok({ op: "start_monitor" });
		expect(await next()).toMatchObject({
			data: {
				idf: { input: [[2]], output: 2 },
				join: { input: [2], output: [1, 2] },
				odf: [{ output: [1, 1, 2] }],
			},
		});
	});

	test("§4.9 of several inputs show the slots of the newest run", async () => {
		const { flow, next } = await monitored(
			{ idfs: [{ input_type: "variant" }, {}], odfs: [{}], join: "def run(a, b): return [a, b]\n" },
			MINUTE,
		);
		await flow.expect([10], [10, null]);
		await next();
		await flow.expect([13], [3, null]);
		await flow.expect(["b"], [3, "b"], 1);
		await flow.graph.ok({ op: "start_monitor" });
		expect(await next()).toMatchObject({
			data: {
				idf: { input: ["b"], output: ["b"] },
				join: { input: [[3], ["b"]], output: [3, "b"] },
				odf: [{ output: [3, "b"] }],
			},
		});
	});

	test("§4.9 that move a graph between places keep its interval", async () => {
		const { flow, next } = await monitored({ idfs: [{}], odfs: [{}] }, MINUTE);
		await flow.expect([1], [1]);
		expect(await next()).toMatchObject({ data: { idf: { input: [1] } } });
		await flow.setJoin("def run(x): return x * 2\n");
		await flow.expect([2], [4]);
		await flow.graph.ok({ op: "start_monitor" });
		expect(await next()).toMatchObject({ data: { join: { output: 4 } } });
		await flow.setJoin(null);
		await flow.expect([3], [3]);
		expect(await next()).toMatchObject({ data: { join: { output: [3] } } });
	});
});
