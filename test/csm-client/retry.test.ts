import { expect, test } from "bun:test";
import { Retry } from "../../src/csm-client/retry.ts";
import { ManualClock } from "../support/manual-clock.ts";

test("pauses double up to 30 s, and begin again once it went well", () => {
	const clock = new ManualClock();
	let calls = 0;
	const retry = new Retry(clock, () => {
		calls += 1;
	});
	const pauseIs = (ms: number) => {
		const before = calls;
		retry.failed();
		clock.move(ms - 1);
		expect(calls).toBe(before);
		clock.move(1);
		expect(calls).toBe(before + 1);
	};
	for (const ms of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) pauseIs(ms);
	retry.reset();
	pauseIs(1000);
	retry.failed();
	retry.reset();
	clock.move(60_000);
	expect(calls).toBe(8);
});
