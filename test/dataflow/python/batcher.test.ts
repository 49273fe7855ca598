import { beforeEach, describe, expect, test } from "bun:test";
import { Batcher } from "../../../src/dataflow/python/batcher.ts";
import type { Task } from "../../../src/dataflow/python/task.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const PLAIN = { qos: 0 } as const;
const BOUNDS = { maxResultBytes: 100, maxPrintChars: 50, maxSourceChars: 100, maxOutputs: 2 };

/** The engine's end of the batches. */
class Taker {
	isReady = true;
	readonly tasks: Task[] = [];

	send(task: Task): void {
		this.tasks.push(task);
	}

	/** Link ids and payloads of the newest batch. */
	get payloads(): string[] {
		return (this.tasks.at(-1)?.request.text.split("\x1e") ?? []).filter((_, n) => n % 2 === 1);
	}
}

let clock: ManualClock;
let taker: Taker;
let events: string[];
let batcher: Batcher;
let suspects: Set<number>;
let isWatched: boolean;

beforeEach(() => {
	clock = new ManualClock();
	taker = new Taker();
	events = [];
	suspects = new Set();
	isWatched = false;
	batcher = new Batcher(
		{ queuePerLink: 5, bounds: () => BOUNDS, graphOf: (linkId) => linkId },
		taker,
		{
			onOutput: (link, json, qos) => events.push(`output ${link} ${json} ${qos}`),
			onMonitor: (graph, json) => events.push(`monitor ${graph} ${json}`),
			onRecordReady: (graph) => events.push(`ready ${graph}`),
			onPrint: (graph, text) => events.push(`print ${graph} ${text}`),
			onError: ({ graph, kind }) => events.push(`error ${graph} ${kind}`),
			onKiller: (link, reason) => events.push(`killer ${link} ${reason}`),
			isSuspect: (link) => suspects.has(link),
			survivors: () => (isWatched ? (link) => events.push(`survived ${link}`) : undefined),
		},
		clock,
	);
});

/** Queues messages and lets the batcher send them. */
async function push(...payloads: string[]) {
	for (const text of payloads) batcher.push(1, text, clock.now(), PLAIN);
	await Promise.resolve();
}

const slice = (...fields: string[]) => fields.join("\x1e");

describe("batcher", () => {
	test("what arrives together goes together; two batches are in flight at most", async () => {
		await push("a", "b");
		expect(taker.payloads).toEqual(["a", "b"]);
		await push("c");
		await push("d");
		await push("e");
		expect(taker.tasks).toHaveLength(2);
		expect(batcher.waiting).toBe(2);
		expect(taker.tasks[0]?.take("2")).toBe(true);
		batcher.pump();
		expect(taker.payloads).toEqual(["d", "e"]);
	});

	test("nothing is sent before an engine is ready", async () => {
		taker.isReady = false;
		await push("a");
		expect([taker.tasks.length, batcher.waiting]).toEqual([0, 1]);
		taker.isReady = true;
		batcher.pump();
		expect(taker.payloads).toEqual(["a"]);
	});

	test("a full link loses its oldest", async () => {
		taker.isReady = false;
		const kept = Array.from({ length: 6 }, (_, n) => batcher.push(1, String(n), 0, PLAIN));
		expect(kept).toEqual([true, true, true, true, true, false]);
		expect(batcher.waiting).toBe(5);
	});

	test("results are told slice by slice, with the time they took", async () => {
		await push("a", "b", "c");
		clock.move(40);
		const [task] = taker.tasks;
		const error = { graph: 3, kind: "time", stage: null, digest: null, src: null, reason: "r" };
		expect(task?.take(slice("1", "9", "[1]", "m3", "{}"))).toBe(false);
		expect(
			task?.take(slice("2", "p", '{"graph":3,"text":"t"}', "n4", "", "e", JSON.stringify(error))),
		).toBe(true);
		expect(events).toEqual([
			"output 9 [1] 0",
			"monitor 3 {}",
			"print 3 t",
			"ready 4",
			"error 3 time",
		]);
		expect(batcher.stats).toEqual({ messages: 3, batches: 1 });
		expect(batcher.latency.sum).toBeCloseTo(0.12);
	});

	test("results have the QoS of their message, also over slices", async () => {
		for (const qos of [1, 1, 0, 2, 2] as const) batcher.push(1, `m${qos}`, 0, { qos });
		await Promise.resolve();
		const [task] = taker.tasks;
		const marked = ["1", "m1", "1", "m1", "+1", "m0", "+1", "m2", "1", "m2"];
		expect(task?.request.text.split("\x1e")).toEqual(marked);
		task?.take(slice("1", "9", "[1]"));
		task?.take(slice("3", "9", "[2]", "q", "2", "9", "[3]", "q", "3", "9", "[4]"));
		task?.take(slice("1", "9", "[5]"));
		expect(events.map((line) => line.slice(-1)).join("")).toBe("11022");
		batcher.push(1, "a", 0, PLAIN);
		await Promise.resolve();
		expect(() => taker.tasks[1]?.take(slice("1", "q", "1"))).toThrow("results of message 1 of 1");
	});

	test("messages of a lost batch run again one by one, in order, before newer ones", async () => {
		await push("a", "b", "c");
		await push("d", "e");
		await push("f");
		taker.tasks[0]?.take("1");
		for (const [index, task] of [...taker.tasks.entries()].reverse())
			task.lost("ended", index === 0);
		expect(batcher.waiting).toBe(5);
		const again: string[] = [];
		while (batcher.waiting > 0) {
			batcher.pump();
			again.push(taker.payloads.join());
			taker.tasks.at(-1)?.take("1");
		}
		expect(again).toEqual(["b", "c", "d", "e", "f"]);
		expect(batcher.waiting).toBe(0);
		expect(events).toEqual([]);
	});

	test("a message is to blame when the engine it ended had run nothing else", async () => {
		await push("a");
		taker.tasks[0]?.lost("ended", true);
		expect(events).toEqual(["killer 1 ended"]);
		expect(batcher.waiting).toBe(0);
	});

	test("an engine that had run others may have ended over them: the next one runs the message first", async () => {
		await push("a");
		taker.tasks[0]?.take("1");
		await push("b");
		await push("c");
		for (const [index, task] of [...taker.tasks.slice(1).entries()].reverse()) {
			task.lost("ended", index === 0);
		}
		expect([events, batcher.waiting]).toEqual([[], 2]);
		batcher.renew();
		batcher.pump();
		expect(taker.payloads).toEqual(["b"]);
		taker.tasks.at(-1)?.lost("ended again", true);
		expect(events).toEqual(["killer 1 ended again"]);
		batcher.renew();
		batcher.pump();
		expect(taker.payloads).toEqual(["c"]);
	});

	test("one of many that did it is found although the others run before it", async () => {
		await push("a", "bad", "c");
		taker.tasks[0]?.lost("ended", true);
		const ran: string[] = [];
		for (let n = 0; n < 6 && batcher.waiting > 0; n++) {
			batcher.renew();
			batcher.pump();
			while (taker.payloads[0] !== "bad" && batcher.waiting > 0) {
				ran.push(...taker.payloads);
				taker.tasks.at(-1)?.take("1");
				batcher.pump();
			}
			if (taker.payloads[0] === "bad") taker.tasks.at(-1)?.lost("ended", true);
			else ran.push(...taker.payloads);
		}
		expect(events).toEqual(["killer 1 ended"]);
		expect(ran).toEqual(["a", "c"]);
	});

	test("a link that did it before is to blame at once, others that were behind it are not", async () => {
		suspects.add(1);
		await push("a");
		taker.tasks[0]?.take("1");
		await push("b");
		batcher.push(2, "c", 0, PLAIN);
		await Promise.resolve();
		for (const [index, task] of [...taker.tasks.slice(1).entries()].reverse()) {
			task.lost("ended", index === 0);
		}
		expect([events, batcher.waiting]).toEqual([["killer 1 ended"], 1]);
	});

	test("good messages are told to those who ask", async () => {
		await push("a");
		taker.tasks[0]?.take("1");
		isWatched = true;
		await push("b", "c");
		taker.tasks[1]?.take("1");
		expect(events).toEqual(["survived 1"]);
	});

	test("messages of links that go are given back, those to be run again as well", async () => {
		await push("a", "b");
		batcher.push(2, "c", 0, PLAIN);
		taker.isReady = false;
		taker.tasks[0]?.lost("ended", true);
		batcher.push(1, "d", 0, PLAIN);
		expect(batcher.takeLinks(new Set([1])).map(({ text }) => text)).toEqual(["a", "b", "d"]);
		expect(batcher.waiting).toBe(1);
	});

	test("what takes long goes one by one, and nothing else is in flight then", async () => {
		await push("a");
		taker.tasks[0]?.take("1 10000 10000");
		await push("b", "c", "d");
		expect([taker.tasks.length, taker.payloads]).toEqual([2, ["b"]]);
		taker.tasks[1]?.take("1 10000 10000");
		batcher.pump();
		expect([taker.tasks.length, taker.payloads]).toEqual([3, ["c"]]);
	});
});
