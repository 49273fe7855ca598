import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { DataPath } from "../../src/dataflow/data-path.ts";
import { startBroker } from "../support/embedded-broker.ts";
import { quietLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { graphOf, input, output } from "../support/pipeline-specs.ts";
import { ENGINE_LIMITS } from "../support/real-engine.ts";
import { DEADLINE_MS, until } from "../support/waiting.ts";

let broker: EmbeddedBroker;
let client: TestClient;
let dataPath: DataPath;
beforeEach(async () => {
	const started = await startBroker();
	broker = started.broker;
	client = await TestClient.connect(started.url);
	for (const topic of ["topic/out9", "monitor"]) await client.subscribe(topic);
	const options = {
		...ENGINE_LIMITS,
		engine: "embedded" as const,
		engines: 1,
		queuePerLink: 5,
		dataQos: "auto" as const,
	};
	dataPath = new DataPath(options, broker, quietLog);
});
afterEach(async () => {
	await client.end();
	await dataPath.stop();
	await broker.stop();
});

const source = (code: string) => ({ digest: "d", code, helpers: [] });
const next = async () => (await client.next("topic/out9")).text;

describe("data path", () => {
	test("takes messages through a graph, and counts them", async () => {
		await dataPath.set("g", graphOf([input(1)], [output(9)]));
		await client.publish("topic/in1", "[1.0]");
		expect(await next()).toBe("[1.0]");
		expect(dataPath.stats).toMatchObject({ received: 1, published: 1, waiting: 0, publishing: 0 });
		expect(dataPath.stats.engine.state).toBe("off");
		expect([...dataPath.senders()]).toEqual([["device", 1]]);
		expect([...(dataPath.statsOf("g")?.links ?? [])]).toEqual([
			[9, { messages: 1, last: null }],
			[1, { messages: 1, last: null }],
		]);
		expect(dataPath.statsOf("none")).toBeUndefined();
	});

	test("what a device sent over an input is told once the input goes, also with its graph", async () => {
		const gone: [string, number][] = [];
		dataPath.onInputGone((daId, messages) => gone.push([daId, messages]));
		const [from, quiet] = [input(1, { name: ["x", "f"] }), input(2, { name: ["y", "f"] })];
		await dataPath.set("g", graphOf([from, quiet], [output(9)]));
		await client.publish("topic/in1", "[1]");
		await next();
		await dataPath.set("g", graphOf([quiet], [output(9)]));
		expect([gone, [...dataPath.senders()]]).toEqual([[["x", 1]], []]);
		await client.publish("topic/in2", "[2]");
		await next();
		await dataPath.remove("g");
		expect(gone).toEqual([
			["x", 1],
			["y", 1],
		]);
	});

	test("a graph that is removed gets nothing, and gives nothing", async () => {
		await dataPath.set("g", graphOf([input(1)], [output(9)]));
		await dataPath.remove("g");
		await dataPath.remove("g");
		await dataPath.set("h", graphOf([input(2)], [output(9)]));
		await client.publish("topic/in1", "[1]");
		await client.publish("topic/in2", "[2]");
		expect(await next()).toBe("[2]");
		expect(dataPath.stats.received).toBe(1);
	});

	test("stored messages are not data", async () => {
		await client.publish("topic/in1", "[1]", { retain: true });
		await dataPath.set("g", graphOf([input(1)], [output(9)]));
		await client.publish("topic/in1", "[2]");
		expect(await next()).toBe("[2]");
	});

	test.each([
		["not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "malformed data"],
		["a separator of the engine's", "[1]\x1e", "malformed data"],
		["too deep", `${"[".repeat(501)}${"]".repeat(501)}`, "nested deeper than 500 levels"],
	])("a message that is %s is dropped, shown and counted", async (_name, payload, reason) => {
		await dataPath.set("g", graphOf([input(1)], [output(9)], { monitorTopic: "monitor" }));
		await client.publish("topic/in1", payload);
		const { op, data } = await client.nextJson("monitor");
		expect([op, JSON.stringify(data)]).toEqual(["esm_error", expect.stringContaining(reason)]);
		expect([...dataPath.stats.dropped]).toEqual([["data", 1]]);
		expect(dataPath.statsOf("g")?.lastError).toMatchObject({ kind: "data", digest: null });
	});

	test("newest messages are kept only while a page shows them", async () => {
		await dataPath.set("g", graphOf([input(1)], [output(9)]));
		const last = () => dataPath.statsOf("g")?.links.get(1)?.last;
		dataPath.watch(true);
		await client.publish("topic/in1", "[1]");
		await next();
		expect(last()).toBe("[1]");
		dataPath.watch(false);
		expect(last()).toBeNull();
	});

	test("functions come, are replaced, and go", async () => {
		const double = dataPath.prepare("g", source("def run(x): return x * 2\n"));
		await double.ready;
		await dataPath.set("g", graphOf([input(1, { func: double.handle })], [output(9)]));
		await client.publish("topic/in1", "[21]");
		expect(await next()).toBe("[42]");
		expect(dataPath.stats.engine).toMatchObject({ state: "ready", functions: 1, messages: 1 });
		const bad = dataPath.prepare("g", source("def walk(x): return x\n"));
		expect(await bad.ready.catch(String)).toContain("`run` not found");
		dataPath.discard(bad.handle);
		await dataPath.set("g", graphOf([input(1)], [output(9)]));
		expect(dataPath.stats.engine.functions).toBe(0);
		await client.publish("topic/in1", "[5]");
		expect(await next()).toBe("[5]");
	});

	test("a new engine is told to those who watch a graph of functions", async () => {
		const { handle, ready } = dataPath.prepare("g", source("def run(x): return x\n"));
		await ready;
		await dataPath.set("g", graphOf([input(1, { func: handle })], [], { monitorTopic: "monitor" }));
		dataPath.engines.restart();
		expect(await client.nextJson("monitor")).toMatchObject({
			op: "esm_error",
			data: { msg: expect.stringContaining("globals of functions were reset"), src: null },
		});
	});

	test("a watched graph's record is the newest of an interval, whatever runs it", async () => {
		const { handle, ready } = dataPath.prepare("g", source("def run(x): return x\n"));
		await ready;
		const watched = { monitorTopic: "monitor", monitorIntervalMs: 60_000 };
		for (const func of [null, handle]) {
			await dataPath.set("g", graphOf([input(1, { func })], [output(9)], watched));
			for (const n of [1, 2, 3]) {
				await client.publish("topic/in1", `[${n}]`);
				await next();
			}
			if (func === null) {
				expect(await client.nextJson("monitor")).toMatchObject({ data: { idf: { input: [1] } } });
			}
			// Less than the interval: what waits comes at once.
			const soon = { ...watched, monitorIntervalMs: 1 };
			await dataPath.set("g", graphOf([input(1, { func })], [output(9)], soon));
			expect(await client.nextJson("monitor")).toMatchObject({ data: { idf: { input: [3] } } });
			await dataPath.set("g", graphOf([input(1, { func })], [output(9)], watched));
		}
	});

	test("finishing takes nothing more, and ends with what is queued", async () => {
		const { handle, ready } = dataPath.prepare("g", source("def run(x): return x\n"));
		await ready;
		await dataPath.set("g", graphOf([input(1, { func: handle })], [output(9)]));
		await client.publish("topic/in1", "[1]");
		await until(() => dataPath.stats.received === 1, "the message");
		await dataPath.finish(DEADLINE_MS);
		expect(dataPath.stats).toMatchObject({ published: 1, waiting: 0, publishing: 0 });
		await client.publish("topic/in1", "[2]");
		expect(dataPath.stats.received).toBe(1);
	});
});
