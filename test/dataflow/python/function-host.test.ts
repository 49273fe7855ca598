import { beforeEach, describe, expect, test } from "bun:test";
import { FunctionHost } from "../../../src/dataflow/python/function-host.ts";
import type { GraphSpec } from "../../../src/dataflow/python/protocol.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { EngineYard } from "../../support/scripted-engine.ts";

const PLAIN = { qos: 0 } as const;

const OPTIONS = {
	engine: "embedded",
	packagesDir: "",
	callTimeoutMs: 1000,
	batchTimeoutMs: 5000,
	maxMemoryBytes: 1 << 28,
	maxResultBytes: 1000,
	recursionLimit: 1000,
	maxPrintChars: 100,
	busyPoll: true,
	queuePerLink: 10,
} as const;
const SOURCE = { digest: "d", code: "def run(x): return x", helpers: [] };

let clock: ManualClock;
let yard: EngineYard;
let events: string[];
let awaited: boolean[];
let host: FunctionHost;

beforeEach(() => {
	clock = new ManualClock();
	yard = new EngineYard();
	events = [];
	awaited = [];
	host = new FunctionHost(
		OPTIONS,
		{
			onOutput: (link, json) => events.push(`output ${link} ${json}`),
			onMonitor: (graph, json) => events.push(`monitor ${graph} ${json}`),
			onRecordReady: (graph) => events.push(`ready ${graph}`),
			onPrint: (graph, text) => events.push(`print ${graph} ${text}`),
			onError: ({ graph, kind }) => events.push(`error ${graph} ${kind}`),
			onReset: (reason) => events.push(`reset ${reason}`),
			onAwaited: (isAwaited) => awaited.push(isAwaited),
		},
		quietLog,
		{ launch: yard.launch, clock },
	);
});

function graph(number: number, func: number | null, links: readonly number[]): GraphSpec {
	const idfs = links.map((id) => ({
		id,
		name: ["device", `in${id}`] as const,
		func,
		input_type: null,
		param_no: null,
		tag_param_no: 0,
		slot: "[0]",
	}));
	return { graph: number, join: null, records: "none", idfs, odfs: [] };
}

/** A host with one function in one graph, told to its first engine. */
function drawn() {
	const { handle, ready } = host.prepare(SOURCE);
	host.declare(graph(1, handle, [7]));
	yard.last.ready();
	yard.last.done("null");
	yard.last.done("null");
	return { handle, ready, engine: yard.last };
}

/** The newest engine gets ready and has made its function and graph. */
function ready() {
	yard.last.ready();
	yard.last.done();
	yard.last.done();
}

describe("function host", () => {
	test("starts the engine with the first function and tells it all that is wanted", async () => {
		expect(yard.engines).toHaveLength(0);
		const { ready, engine } = drawn();
		await ready;
		expect(engine.asked).toEqual(["prepare", "declare"]);
		expect(host.stats).toMatchObject({
			state: "ready",
			pid: engine.pid,
			functions: 1,
			restarts: 0,
		});
	});

	test("a new engine is told everything again, without old slots, and watchers hear of it", () => {
		const { handle, engine } = drawn();
		engine.exit("exit code 70");
		expect(events).toEqual([]);
		yard.last.ready();
		expect(yard.last.asked).toEqual(["prepare", "declare"]);
		const spec: GraphSpec = JSON.parse(yard.last.requests[1]?.text ?? "");
		expect(spec.idfs[0]).toMatchObject({ func: handle, slot: null });
		expect(events).toEqual(["reset the function engine ended (exit code 70)"]);
	});

	test("a function that ended the engine is reported and not run again", async () => {
		const { handle, ready } = host.prepare(SOURCE);
		yard.last.ready();
		yard.last.exit("signal SIGSEGV");
		expect(await ready.catch(String)).toContain("SIGSEGV");
		yard.last.ready();
		expect(JSON.parse(yard.last.requests[0]?.text ?? "")).toMatchObject({
			handle,
			broken: expect.stringContaining("SIGSEGV"),
		});
		host.restart();
		yard.last.exit();
		yard.last.ready();
		expect(JSON.parse(yard.last.requests[0]?.text ?? "").broken).toBeNull();
	});

	test("a function is to blame only when the engine had made no other before", async () => {
		drawn();
		const { handle, ready } = host.prepare({ ...SOURCE, digest: "new" });
		yard.last.exit("signal SIGSEGV");
		yard.last.ready();
		expect(JSON.parse(yard.last.requests[0]?.text ?? "")).toMatchObject({ handle, broken: null });
		yard.last.done();
		await ready;
		const other = host.prepare({ ...SOURCE, digest: "bad" });
		for (let left = 2; left > 0; left--) yard.last.done();
		yard.last.exit("signal SIGSEGV");
		yard.last.ready();
		yard.last.exit("signal SIGSEGV");
		expect(await other.ready.catch(String)).toContain("SIGSEGV");
	});

	test("an engine that cannot start fails the functions that wait for it, and those that come", async () => {
		const { ready } = host.prepare(SOURCE);
		yard.last.exit("exit code 1");
		expect(await ready.catch(String)).toContain("cannot start");
		expect(host.problem).toContain("exit code 1");
		expect(await host.prepare(SOURCE).ready.catch(String)).toContain("cannot start");
	});

	test("messages of an input that a graph loses are not run, those of the others are", () => {
		const { handle, ready } = host.prepare(SOURCE, true);
		void ready;
		host.declare(graph(1, handle, [7, 8]));
		host.push(7, "1", PLAIN);
		host.push(8, "2", PLAIN);
		expect(host.waiting).toBe(2);
		host.declare(graph(1, handle, [8]));
		expect(host.waiting).toBe(1);
		yard.last.ready();
		yard.last.done();
		yard.last.done();
		expect(yard.last.batch(0)).toEqual([["8", "2"]]);
	});

	test("tells while an engine is awaited, and no longer when one cannot be started", () => {
		const { handle } = host.prepare(SOURCE, true);
		host.declare(graph(1, handle, [7]));
		const engine = yard.last;
		engine.ready();
		engine.done();
		expect(awaited).toEqual([true]);
		engine.done();
		expect(awaited).toEqual([true, false]);
		engine.exit();
		expect(awaited.slice(2)).toEqual([true]);
		yard.trouble = "EMFILE";
		yard.last.exit();
		expect(awaited.slice(3)).toEqual([false]);
		yard.trouble = undefined;
		clock.move(3000);
		// After that trouble messages have waited long enough.
		expect(awaited.slice(4)).toEqual([false]);
		ready();
		expect(awaited.at(-1)).toBe(false);
	});

	test("messages are done once they were run, kept away, dropped, or lost their input", async () => {
		const { handle, engine } = drawn();
		const done: string[] = [];
		const push = (name: string) => host.push(7, name, { qos: 1, done: () => void done.push(name) });
		push("run");
		await Promise.resolve();
		expect(done).toEqual([]);
		engine.slice(1);
		for (let n = 0; n < 11; n++) push(String(n));
		expect(done).toEqual(["run", "0"]);
		host.declare(graph(1, handle, [8]));
		expect(done).toHaveLength(12);
	});

	test("functions of stored graphs wait for an engine as long as it takes, and so do messages", async () => {
		yard.trouble = "EMFILE";
		const { handle, ready } = host.prepare(SOURCE, true);
		host.declare(graph(1, handle, [7]));
		host.push(7, "1", PLAIN);
		expect(host.problem).toContain("EMFILE");
		clock.move(180_000);
		yard.trouble = undefined;
		clock.move(3000);
		yard.last.ready();
		yard.last.done();
		yard.last.done();
		await ready;
		expect(yard.last.batch(0)).toEqual([["7", "1"]]);
		expect([host.problem, host.stats.restarts]).toEqual([undefined, 0]);
		expect(events).toEqual([]);
	});

	test("a graph that moves out takes its slots and waiting messages along", async () => {
		const { engine } = drawn();
		host.push(7, "a", PLAIN);
		await Promise.resolve();
		host.push(7, "b", PLAIN);
		await Promise.resolve();
		host.push(7, "c", PLAIN);
		const moving = host.drop(1);
		expect(engine.asked).toEqual(["prepare", "declare", "batch", "batch", "drop"]);
		engine.slice(1);
		engine.slice(1);
		engine.done('{"7":"[5]"}');
		const { slots, waiting } = await moving;
		expect(slots).toEqual({ 7: "[5]" });
		expect(waiting.map(({ text }) => text)).toEqual(["c"]);
	});

	test("an engine that ends while a graph moves out leaves it without slots", async () => {
		const { engine } = drawn();
		const moving = host.drop(1);
		engine.exit();
		expect((await moving).slots).toEqual({});
		expect((await host.drop(1)).slots).toEqual({});
	});

	test("three kills within a minute quarantine an input, with all that waits", async () => {
		drawn();
		yard.last.exit();
		ready();
		for (let n = 0; n < 5; n++) host.push(7, String(n), PLAIN);
		await Promise.resolve();
		// All five were with the engine, then each of three with one of its own.
		yard.last.exit("signal SIGSEGV");
		for (let n = 0; n < 3; n++) {
			ready();
			yard.last.exit("signal SIGSEGV");
		}
		ready();
		host.push(7, "5", PLAIN);
		await Promise.resolve();
		expect(events.filter((event) => event.startsWith("error"))).toEqual([
			...Array(3).fill("error 1 engine"),
			...Array(3).fill("error 1 quarantine"),
		]);
		expect(yard.last.asked).not.toContain("batch");
		clock.move(60_000);
		host.push(7, "6", PLAIN);
		await Promise.resolve();
		expect(yard.last.batch(0)).toEqual([["7", "6"]]);
	});

	test("a restart that is asked for ends a quarantine, and blames no function", async () => {
		drawn();
		for (let n = 0; n < 3; n++) {
			host.push(7, "1", PLAIN);
			await Promise.resolve();
			yard.last.exit();
			ready();
		}
		host.restart();
		yard.last.exit();
		ready();
		events = [];
		awaited = [];
		host.push(7, "2", PLAIN);
		await Promise.resolve();
		host.restart();
		yard.last.exit();
		ready();
		expect(yard.last.batch(0)).toEqual([["7", "2"]]);
		expect(events).toEqual(["reset requested by iotctl engine restart"]);
	});

	test("the newest data record of a graph is asked for behind the messages before it", async () => {
		expect(await host.takeRecord(1)).toBeNull();
		const { engine } = drawn();
		host.push(7, "a", PLAIN);
		await Promise.resolve();
		const taken = host.takeRecord(1);
		expect(engine.asked.slice(-2)).toEqual(["batch", "record"]);
		expect(engine.requests.at(-1)?.text).toBe("1");
		engine.slice(1, "n1", "");
		engine.done('{"idf":{}}');
		expect([await taken, events]).toEqual(['{"idf":{}}', ["ready 1"]]);
	});

	test("an engine that ends, or sends nonsense, leaves no data record", async () => {
		drawn();
		const lost = host.takeRecord(1);
		yard.last.exit();
		expect(await lost).toBeNull();
		ready();
		const nonsense = host.takeRecord(1);
		yard.last.done("[]");
		yard.last.exit();
		expect(await nonsense).toBeNull();
		expect(events.at(-1)).toBe("reset the function engine ended (signal SIGKILL)");
	});

	test("draining ends when all is answered, or with its time", async () => {
		expect(await host.drain(100)).toBe(true);
		const { engine } = drawn();
		host.push(7, "a", PLAIN);
		await Promise.resolve();
		const early = host.drain(500);
		clock.move(500);
		expect(await early).toBe(false);
		const late = host.drain(500);
		engine.slice(1);
		expect(await late).toBe(true);
	});
});
