import { describe, expect, test } from "bun:test";
import { Lag } from "../../src/status/lag.ts";
import { Rates } from "../../src/status/rates.ts";
import { ManualClock } from "../support/manual-clock.ts";

describe("rates", () => {
	test("are nothing before they are started", () => {
		expect(new Rates(() => [5, 6], new ManualClock()).perSecond).toEqual([0, 0]);
	});

	test("are what counters have grown by, per second, with one decimal", () => {
		const clock = new ManualClock();
		const counts: [number, number] = [100, 0];
		const rates = new Rates(() => [...counts], clock);
		rates.start();
		clock.move(3000);
		counts[0] += 10;
		counts[1] += 6;
		expect(rates.perSecond).toEqual([3.3, 2]);
		rates.stop();
	});

	test("go ten seconds back", () => {
		const clock = new ManualClock();
		let count = 0;
		const rates = new Rates(() => [count, 0], clock);
		rates.start();
		count = 1000;
		clock.move(5000);
		expect(rates.perSecond[0]).toBe(200);
		clock.move(20_000);
		expect(rates.perSecond[0]).toBe(0);
		rates.stop();
		expect(clock.planned).toBe(0);
	});
});

describe("lag", () => {
	test("is how late the last timer was", () => {
		const clock = new ManualClock();
		const lag = new Lag(clock);
		lag.start();
		clock.move(1000);
		expect(lag.seconds).toBe(0);
		clock.skip(2500);
		clock.move(0);
		expect(lag.seconds).toBe(2);
		clock.move(500);
		expect(lag.seconds).toBe(0);
		lag.stop();
		expect(clock.planned).toBe(0);
	});
});
