import { describe, expect, test } from "bun:test";
import { pause } from "../../src/kit/clock.ts";
import { ManualClock } from "../support/manual-clock.ts";

describe("pause", () => {
	test("resolves after its milliseconds, not before", async () => {
		const clock = new ManualClock();
		let isOver = false;
		const paused = pause(clock, 50).then(() => {
			isOver = true;
		});
		clock.move(49);
		await Promise.resolve();
		expect(isOver).toBe(false);
		clock.move(1);
		await paused;
		expect(isOver).toBe(true);
	});
});
