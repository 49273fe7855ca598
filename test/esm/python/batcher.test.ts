import { beforeEach, describe, expect, test } from "bun:test";
import { Batcher } from "../../../src/esm/python/batcher.ts";
import type { Task } from "../../../src/esm/python/engine-supervisor.ts";
import { ManualClock } from "../../support/manual-clock.ts";

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

beforeEach(() => {
	clock = new ManualClock();
	taker = new Taker();
	events = [];
	batcher = new Batcher(
		{ queuePerLink: 5, bounds: () => BOUNDS },
		taker,
		{
			onOutput: (link, json) => events.push(`output ${link} ${json}`),
			onMonitor: (graph, json) => events.push(`monitor ${graph} ${json}`),
			onPrint: (graph, text) => events.push(`print ${graph} ${text}`),
			onError: ({ graph, kind }) => events.push(`error ${graph} ${kind}`),
			onKiller: (link, reason) => events.push(`killer ${link} ${reason}`),
		},
		clock,
	);
});

/** Queues messages and lets the batcher send them. */
async function push(...payloads: string[]) {
	for (const text of payloads) batcher.push(1, text, clock.now());
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
		const kept = Array.from({ length: 6 }, (_, n) => batcher.push(1, String(n), 0));
		expect(kept).toEqual([true, true, true, true, true, false]);
		expect(batcher.waiting).toBe(5);
	});

	test("results are told slice by slice, with the time they took", async () => {
		await push("a", "b", "c");
		clock.move(40);
		const [task] = taker.tasks;
		const error = { graph: 3, kind: "time", stage: null, digest: null, src: null, reason: "r" };
		expect(task?.take(slice("1", "9", "[1]", "m3", "{}"))).toBe(false);
		expect(task?.take(slice("2", "p", '{"graph":3,"text":"t"}', "e", JSON.stringify(error)))).toBe(
			true,
		);
		expect(events).toEqual(["output 9 [1]", "monitor 3 {}", "print 3 t", "error 3 time"]);
		expect(batcher.figures).toEqual({ messages: 3, batches: 1 });
		expect(batcher.latency.sum).toBeCloseTo(0.12);
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

	test("a message that was alone with the engine is told as its killer and not run again", async () => {
		await push("a");
		taker.tasks[0]?.lost("ended", true);
		expect(events).toEqual(["killer 1 ended"]);
		expect(batcher.waiting).toBe(0);
	});

	test("messages of links that go are given back", async () => {
		taker.isReady = false;
		await push("a");
		batcher.push(2, "b", 0);
		expect(batcher.takeLinks(new Set([1])).map(({ text }) => text)).toEqual(["a"]);
		expect(batcher.waiting).toBe(1);
	});
});
