import { expect, test } from "bun:test";
import { growingPauseMs } from "../../src/kit/growing-pause.ts";

const LIMITS = { firstMs: 500, longestMs: 15_000 };

test("pauses double from the first to the longest", () => {
	const pauses = [1, 2, 3, 4, 5, 6, 7, 5000].map((failures) => growingPauseMs(failures, LIMITS));
	expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test.each([
	[1, 250, 500],
	[2, 500, 1000],
	[5, 4000, 8000],
	[6, 7500, 15_000],
	[1000, 7500, 15_000],
])("after %d failures a random pause is between %d and %d ms", (failures, least, most) => {
	expect(growingPauseMs(failures, LIMITS, () => 0)).toBe(least);
	expect(growingPauseMs(failures, LIMITS, () => 1)).toBe(most);
	expect(growingPauseMs(failures, LIMITS, () => 0.3333)).toBe(Math.round(most * 0.66665));
});
