import { beforeEach, describe, expect, test } from "bun:test";
import { Engines } from "../../src/dataflow/engines.ts";
import type { GraphSpec } from "../../src/dataflow/python/protocol.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { ENGINE_LIMITS } from "../support/real-engine.ts";
import { EngineYard, type ScriptedEngine } from "../support/scripted-engine.ts";

const SOURCE = { digest: "d", code: "def run(x): return x", helpers: [] };

let clock: ManualClock;
let yard: EngineYard;
let events: string[];
let engines: Engines;
/** Names of graphs that are attached, by number. */
let names: Map<number, string>;
/** Whether data waits for an engine. */
let isHeld: boolean;

beforeEach(() => {
	clock = new ManualClock();
	yard = new EngineYard();
	events = [];
	names = new Map();
	isHeld = false;
	engines = enginesOf(3);
});

function enginesOf(count: number, log = quietLog): Engines {
	return new Engines(
		{ ...ENGINE_LIMITS, engine: "embedded", queuePerLink: 10, engines: count },
		{
			onOutput: (link, json) => events.push(`output ${link} ${json}`),
			onMonitor: (graph) => events.push(`monitor ${graph}`),
			onRecordReady: (graph) => events.push(`ready ${graph}`),
			onPrint: (graph) => events.push(`print ${graph}`),
			onError: ({ graph, kind }) => events.push(`error ${graph} ${kind}`),
			onAwaited: (isAwaited) => {
				isHeld = isAwaited;
			},
			onReset: (isOfEngine) => events.push(`reset ${[...names.values()].filter(isOfEngine)}`),
		},
		{
			// Output 1001 is graph 1's.
			ofOutput: (linkId) => names.get(linkId - 1000),
			ofNumber: (number) => names.get(number),
		},
		log,
		{ launch: yard.launch, clock },
	);
}

/** Draws a graph with one function: number and input have the same number, its output a thousand more. */
function draw(number: number): ScriptedEngine {
	const name = `g${number}`;
	names.set(number, name);
	const host = engines.of(name);
	const { handle } = host.prepare(SOURCE, true);
	const link = { name: ["d", "f"] as const, param_no: null, tag_param_no: 0 };
	const spec: GraphSpec = {
		graph: number,
		join: null,
		records: "none",
		idfs: [{ ...link, id: number, func: handle, input_type: null, slot: null }],
		odfs: [{ ...link, id: number + 1000, func: null }],
	};
	host.declare(spec);
	return yard.last;
}

/** Three graphs, each in an engine that has made its function and graph. */
function three(): ScriptedEngine[] {
	return [1, 2, 3].map((number) => {
		const engine = draw(number);
		engine.ready();
		engine.done();
		engine.done();
		return engine;
	});
}

async function push(graph: number, text = "1") {
	engines.of(`g${graph}`).push(graph, text, { qos: 0 });
	await Promise.resolve();
}

const numbers = (...graphs: string[]) => graphs.map((graph) => engines.numberOf(graph));

test("engines can be started before any graph needs one; no data waits for them", async () => {
	const warm = engines.warm();
	expect([yard.engines.length, isHeld]).toEqual([3, false]);
	for (const engine of yard.engines) {
		engine.ready();
		engine.done();
	}
	expect(engines.isWarm).toBe(false);
	await warm;
	expect(engines.isWarm).toBe(true);
	expect(engines.stats.engines.map(({ graphs }) => graphs)).toEqual([0, 0, 0]);
	expect([isHeld, engines.problems]).toEqual([false, []]);
});

describe("where a graph lives", () => {
	test("where the fewest graphs are, for as long as it is attached", () => {
		for (const number of [1, 2, 3, 4]) draw(number);
		expect(numbers("g1", "g2", "g3", "g4")).toEqual([1, 2, 3, 1]);
		engines.forget("g2");
		engines.forget("g2");
		engines.forget("unknown");
		draw(5);
		expect(numbers("g5", "g1", "g2")).toEqual([2, 1, undefined]);
		expect(engines.stats.engines.map(({ number, graphs }) => [number, graphs])).toEqual([
			[1, 2],
			[2, 1],
			[3, 1],
		]);
	});

	test("an engine that no graph needs is not started", () => {
		expect(yard.engines).toHaveLength(0);
		draw(1);
		draw(2);
		expect(yard.engines).toHaveLength(2);
		expect(engines.stats.engines.map(({ state }) => state)).toEqual([
			"starting",
			"starting",
			"off",
		]);
		expect(engines.stats.engine).toMatchObject({ state: "starting", functions: 2 });
	});

	test("away from engines that have had much to do lately", async () => {
		const [first, second] = three();
		await push(1);
		first?.reply({ answer: "slice", text: "1 25000000 25000000" });
		await push(2);
		second?.reply({ answer: "slice", text: "1 20000 20000" });
		for (const number of [4, 5, 6, 7]) draw(number);
		expect(numbers("g4", "g5", "g6", "g7")).toEqual([2, 3, 2, 3]);
		expect(engines.stats.engines.map(({ busySeconds }) => busySeconds)).toEqual([25, 0.02, 0]);
		clock.move(200_000);
		draw(8);
		expect(numbers("g8")).toEqual([1]);
	});

	test("functions of all engines have numbers of their own, by which they are found", () => {
		const handles = [1, 2, 3, 4].map((n) => engines.of(`g${n}`).prepare(SOURCE, true).handle);
		expect(handles).toEqual([1, 2, 3, 4]);
		for (const [index, handle] of handles.entries()) {
			expect(engines.ofHandle(handle)).toBe(engines.of(`g${index + 1}`));
		}
	});
});

describe("an engine may answer for its own graphs only", () => {
	const error = { kind: "time", stage: null, digest: null, src: null, reason: "r" };
	test.each<[string, string[]]>([
		["an output", ["1002", "[666]"]],
		["a failure", ["e", JSON.stringify({ graph: 2, ...error })]],
		["a print", ["p", JSON.stringify({ graph: 2, text: "x" })]],
		["a data record", ["m2", "{}"]],
		["news of a data record", ["n2", ""]],
	])("%s of another's gets it replaced, and nothing of its answer counts", async (_name, lie) => {
		const [first, second] = three();
		await push(1);
		first?.slice(1, "1001", "[1]", ...lie);
		expect([first?.isKilled, second?.isKilled, events]).toEqual([true, false, []]);
	});

	test("what it says of graphs and links that are gone is nothing to anyone", async () => {
		const [first] = three();
		await push(1);
		names.delete(2);
		first?.slice(1, "1002", "[1]", "1001", "[2]", "n2", "");
		expect([first?.isKilled, events]).toEqual([
			false,
			["output 1002 [1]", "output 1001 [2]", "ready 2"],
		]);
	});

	test("one that is alone is not asked whose a graph is", async () => {
		engines = enginesOf(1);
		const engine = draw(1);
		engine.ready();
		engine.done();
		engine.done();
		names.set(2, "not here");
		await push(1);
		engine.slice(1, "1002", "[1]");
		expect([engine.isKilled, events]).toEqual([false, ["output 1002 [1]"]]);
	});
});

describe("an engine that ends", () => {
	test("is replaced in its place, and no other engine notices", async () => {
		const [first, second, third] = three();
		const asked = [first, third].map((engine) => engine?.requests.length);
		second?.exit("signal SIGKILL");
		expect(yard.engines).toHaveLength(4);
		await push(1);
		first?.slice(1, "1001", "[1]");
		yard.last.ready();
		expect(yard.last.asked).toEqual(["prepare", "declare"]);
		expect(JSON.parse(yard.last.requests[1]?.text ?? "")).toMatchObject({ graph: 2 });
		expect(events).toEqual(["output 1001 [1]", "reset g2"]);
		expect([first, third].map((engine) => engine?.requests.length)).toEqual([
			(asked[0] ?? 0) + 1,
			asked[1],
		]);
		expect(engines.stats.engines.map(({ restarts }) => restarts)).toEqual([0, 1, 0]);
	});

	test("says which it was, where there are several", async () => {
		const { log, lines } = listenedLog();
		engines = enginesOf(2, log);
		draw(1);
		draw(2).ready();
		expect(JSON.parse(await lines.take("a line"))).toMatchObject({
			msg: "function engine ready",
			number: 2,
		});
	});

	test("names its trouble while others work", () => {
		three();
		yard.trouble = "EMFILE";
		yard.engines[1]?.exit();
		expect([engines.count, engines.problems]).toEqual([3, [expect.stringContaining("EMFILE")]]);
		expect(engines.stats.engine.state).toBe("ready");
		expect(engines.stats.engines[1]?.state).toBe("off");
	});
});

describe("data waits", () => {
	const make = (engine: ScriptedEngine) => {
		engine.ready();
		engine.done();
		engine.done();
	};

	test("at the start for each engine to have its graphs", () => {
		const [first, second] = [draw(1), draw(2)];
		expect(isHeld).toBe(true);
		make(first);
		expect(isHeld).toBe(true);
		make(second);
		expect(isHeld).toBe(false);
	});

	test("later only while there is no engine at all: what graphs of one do is nothing to those of another", () => {
		make(draw(1));
		const second = draw(2);
		expect(isHeld).toBe(false);
		make(second);
		second.exit();
		expect(isHeld).toBe(false);
		const third = yard.last;
		yard.engines[0]?.exit();
		expect(isHeld).toBe(true);
		make(third);
		expect(isHeld).toBe(false);
		make(yard.last);
		expect(isHeld).toBe(false);
	});

	test("for no engine whose graphs are gone", () => {
		const first = draw(1);
		draw(2);
		make(first);
		expect(isHeld).toBe(true);
		engines.forget("g2");
		expect(isHeld).toBe(false);
	});
});

describe("all engines", () => {
	test("are restarted together, or one of them", () => {
		const started = three();
		engines.restart(2);
		expect(started.map(({ isKilled }) => isKilled)).toEqual([false, true, false]);
		engines.restart();
		expect(started.map(({ isKilled }) => isKilled)).toEqual([true, true, true]);
	});

	test("are counted together", async () => {
		const [first] = three();
		await push(1);
		await push(2);
		await push(2);
		first?.slice(1);
		expect(engines.stats).toMatchObject({
			engine: {
				state: "ready",
				pid: first?.pid,
				functions: 3,
				messages: 1,
				batches: 3,
				restarts: 0,
			},
			waiting: 0,
		});
		expect(engines.stats.latency.counts.reduce((sum, n) => sum + n, 0)).toBe(1);
	});

	test("are drained when the last one is, and stopped when all are gone", async () => {
		const started = three();
		await push(1);
		await push(2);
		const drained = engines.drain(1000);
		started[0]?.slice(1);
		started[1]?.slice(1);
		expect(await drained).toBe(true);
		await push(3);
		const late = engines.drain(1000);
		clock.move(1000);
		expect(await late).toBe(false);
		const stopped = engines.stop();
		for (const engine of started) engine.exit();
		await stopped;
		expect(started.map(({ isKilled }) => isKilled)).toEqual([true, true, true]);
	});

	test("find nothing wrong with the Python inside this program", () => {
		expect(engines.check()).toEqual([]);
	});
});
