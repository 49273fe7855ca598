import { beforeEach, describe, expect, test } from "bun:test";
import { HeadClock } from "../../../src/dataflow/python/head-clock.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const LIMIT_MS = 1250;

let clock: ManualClock;
let late: number;
let isIdle: boolean;
let head: HeadClock;

beforeEach(() => {
	clock = new ManualClock();
	late = 0;
	isIdle = false;
	head = new HeadClock(clock, {
		limitMs: () => LIMIT_MS,
		lookMs: 1000,
		isIdle: () => isIdle,
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
});
