import { expect, test } from "bun:test";
import { timeLeft } from "../../../../src/web/editor/invite/time-left.ts";

test.each([
	[4 * 3_600_000, "4:00:00"],
	[4 * 3_600_000 - 1, "4:00:00"],
	[3_661_000, "1:01:01"],
	[3_600_000 - 1000, "59:59"],
	[65_000, "1:05"],
	[1, "0:01"],
	[0, "0:00"],
	[-5000, "0:00"],
	[24 * 3_600_000, "24:00:00"],
])("%d ms are %s", (ms, text) => {
	expect(timeLeft(ms)).toBe(text);
});
