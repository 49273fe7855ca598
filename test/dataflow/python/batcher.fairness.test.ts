import { describe, expect, test } from "bun:test";
import { Batcher } from "../../../src/dataflow/python/batcher.ts";
import type { Task } from "../../../src/dataflow/python/task.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const BOUNDS = { maxResultBytes: 100, maxPrintChars: 50, maxSourceChars: 100, maxOutputs: 1 };
const SEPARATOR = "\x1e";
/** The engine answers after so much of a batch. */
const SLICE_MS = 20;
const WAY_MS = 0.1;

/** An engine whose functions take a given time by its clock; link 1001 answers for link 1. */
class TimedEngine {
	readonly isReady = true;
	readonly #clock: ManualClock;
	readonly #costs: Readonly<Record<string, number>>;
	readonly #tasks: Task[] = [];
	#isBusy = false;

	constructor(clock: ManualClock, costs: Readonly<Record<string, number>>) {
		this.#clock = clock;
		this.#costs = costs;
	}

	send(task: Task): void {
		this.#tasks.push(task);
		if (!this.#isBusy) this.#begin();
	}

	#begin(): void {
		const task = this.#tasks.shift();
		this.#isBusy = task !== undefined;
		if (task === undefined) return;
		const fields = task.request.text.split(SEPARATOR);
		this.#slice(
			task,
			fields.filter((_, n) => n % 2 === 0),
		);
	}

	#slice(task: Task, links: readonly string[]): void {
		let ms = 0;
		let lastMs = 0;
		let done = 0;
		while (done < links.length && ms < SLICE_MS) {
			lastMs = this.#costs[links[done++] ?? ""] ?? 0;
			ms += lastMs;
		}
		const head = [done, Math.round(ms * 1000), Math.round(lastMs * 1000)].join(" ");
		const outputs = links.slice(0, done).flatMap((link) => [`${1000 + Number(link)}`, "[1]"]);
		this.#clock.after(ms + WAY_MS, () => {
			const isOver = task.take([head, ...outputs].join(SEPARATOR));
			if (!isOver) return this.#slice(task, links.slice(done));
			this.#begin();
			this.onAnswer();
		});
	}

	onAnswer = () => {};
}

/** Lets links send for ten seconds; gives how long the messages of each took, in milliseconds. */
async function run(
	costs: Readonly<Record<string, number>>,
	everyMs: Readonly<Record<string, number>>,
) {
	const clock = new ManualClock();
	const engine = new TimedEngine(clock, costs);
	const sentAt = new Map<number, number[]>();
	const took = new Map<number, number[]>();
	const batcher = new Batcher(
		{ queuePerLink: 1000, bounds: () => BOUNDS, graphOf: (linkId) => linkId },
		engine,
		{
			onOutput: (linkId) => {
				const at = listOf(sentAt, linkId - 1000).shift() ?? Number.NaN;
				listOf(took, linkId - 1000).push(clock.now() - at);
			},
			onMonitor: () => {},
			onRecordReady: () => {},
			onPrint: () => {},
			onError: () => {},
			onKiller: () => {},
			isSuspect: () => false,
			survivors: () => undefined,
		},
		clock,
	);
	engine.onAnswer = () => batcher.pump();
	let lost = 0;
	for (let now = 0; now < 10_000; now++) {
		for (const [link, ms] of Object.entries(everyMs)) {
			if (now % ms !== 0) continue;
			const id = Number(link);
			listOf(sentAt, id).push(now);
			if (batcher.push(id, "[1]", now, { qos: 0 })) continue;
			listOf(sentAt, id).shift();
			lost += 1;
		}
		await Promise.resolve();
		clock.move(1);
	}
	const of = (link: number) => listOf(took, link).sort((a, b) => a - b);
	return { of, lost };
}

const p95 = (times: readonly number[]) => times[Math.floor(times.length * 0.95)] ?? Number.NaN;

describe("graphs that share an engine", () => {
	test("one that is flooded with 10 ms functions costs one of 10 µs a few milliseconds", async () => {
		const { of, lost } = await run({ 1: 10, 2: 0.01 }, { 1: 2, 2: 10 });
		expect(of(2).length).toBeGreaterThan(995);
		expect(p95(of(2))).toBeLessThan(15);
		// What the flood loses is its own; the engine is never idle for long.
		expect(lost).toBeGreaterThan(0);
		expect(of(1).length).toBeGreaterThan(950);
	});

	test("so do eight of them", async () => {
		const costs = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [n + 1, 10]));
		const { of } = await run({ ...costs, 9: 0.01 }, { ...mapped(costs, () => 20), 9: 10 });
		expect(of(9).length).toBeGreaterThan(990);
		expect(p95(of(9))).toBeLessThan(15);
		const counts = Object.keys(costs).map((link) => of(Number(link)).length);
		expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(20);
	});

	test("two that are flooded share it in halves, whatever a message costs", async () => {
		const { of } = await run({ 1: 10, 2: 1 }, { 1: 5, 2: 1 });
		expect(of(1).length).toBeGreaterThan(430);
		expect(of(1).length).toBeLessThan(560);
		expect(of(2).length).toBeGreaterThan(4300);
	});
});

function listOf(lists: Map<number, number[]>, key: number): number[] {
	const list = lists.get(key) ?? [];
	lists.set(key, list);
	return list;
}

function mapped(of: Readonly<Record<string, number>>, to: () => number) {
	return Object.fromEntries(Object.keys(of).map((name) => [name, to()]));
}
