import { beforeEach, describe, expect, test } from "bun:test";
import { HeadClock } from "../../../src/dataflow/python/head-clock.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const LIMIT_MS = 1250;

let clock: ManualClock;
let late: number;
let isIdle: boolean;
let waitedMs: number;
let reads: number;
let head: HeadClock;

beforeEach(() => {
	clock = new ManualClock();
	late = 0;
	isIdle = false;
	waitedMs = 0;
	reads = 0;
	head = new HeadClock(clock, {
		limitMs: () => LIMIT_MS,
		lookMs: 1000,
		isIdle: () => isIdle,
		waitedMs: () => {
			reads += 1;
			return waitedMs;
		},
		onLate: () => late++,
	});
	head.restart();
	head.watch();
});

describe("clock of the request at the head", () => {
	test("tells once when its time is over", () => {
		clock.move(LIMIT_MS - 1);
		expect(late).toBe(0);
		clock.move(1);
		clock.move(10_000);
		expect(late).toBe(1);
	});

	test("begins again with each sign of life", () => {
		for (let n = 0; n < 10; n++) {
			clock.move(LIMIT_MS - 1);
			head.restart();
		}
		expect(late).toBe(0);
	});

	test("stops with the last request, and when it is told to", () => {
		isIdle = true;
		clock.move(1000);
		expect(clock.planned).toBe(0);
		head.watch();
		head.stop();
		expect(clock.planned).toBe(0);
	});

	test("time in which this process was held up does not count", () => {
		clock.skip(60_000);
		clock.move(1);
		expect(late).toBe(0);
		clock.move(LIMIT_MS);
		expect(late).toBe(1);
	});

	test("time in which the engine waited for a processor does not count", () => {
		for (let n = 0; n < 20; n++) {
			clock.move(100);
			waitedMs += 80;
		}
		expect(late).toBe(0);
		clock.move(LIMIT_MS - 400);
		expect(late).toBe(1);
	});

	test("what the engine waited for before the request does not help it", () => {
		waitedMs = 3_600_000;
		clock.move(1000);
		head.restart();
		clock.move(LIMIT_MS - 1);
		expect(late).toBe(0);
		clock.move(1001);
		expect(late).toBe(1);
	});

	test("an engine that never gets a processor is late after three times the limit", () => {
		for (let ms = 10; ms < 3 * LIMIT_MS; ms += 10) {
			waitedMs += 10;
			clock.move(10);
			expect([ms, late]).toEqual([ms, 0]);
		}
		waitedMs += 10;
		clock.move(10);
		expect(late).toBe(1);
	});

	test("the engine's waiting is looked up now and then, not with each sign of life", () => {
		for (let n = 0; n < 10_000; n++) {
			head.restart();
			head.watch();
			clock.move(1);
		}
		expect(late).toBe(0);
		expect(reads).toBeLessThan(20);
	});
});
