import { expect, test } from "bun:test";
import { pauseMs } from "../../src/mqtt/pause.ts";

test.each([
	[1, 250, 500],
	[2, 500, 1000],
	[5, 4000, 8000],
	[6, 7500, 15_000],
	[1000, 7500, 15_000],
])("after %d failures the pause is random between %d and %d ms", (failures, least, most) => {
	const pauses = Array.from({ length: 200 }, () => pauseMs(failures, 15_000));
	expect(Math.min(...pauses)).toBeGreaterThanOrEqual(least);
	expect(Math.max(...pauses)).toBeLessThanOrEqual(most);
	expect(new Set(pauses).size).toBeGreaterThan(10);
});
