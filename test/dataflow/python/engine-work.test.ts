import { describe, expect, test } from "bun:test";
import { EngineWork } from "../../../src/dataflow/python/engine-work.ts";

describe("an engine's work", () => {
	test("is counted since the start, and lately as a share of its time", () => {
		const work = new EngineWork(0);
		for (let now = 500; now <= 300_000; now += 500) work.add(250, now);
		expect(work.seconds).toBe(150);
		expect(work.share(300_000)).toBeCloseTo(0.5, 1);
		expect(work.share(330_000)).toBeCloseTo(0.5 / Math.E, 1);
		expect(work.share(900_000)).toBeCloseTo(0);
		expect(work.seconds).toBe(150);
	});

	test("is never more than all of its time", () => {
		const work = new EngineWork(0);
		work.add(600_000, 1000);
		expect(work.share(1000)).toBe(1);
	});
});
