import { expect, test } from "bun:test";
import { vibrationMs } from "../../../src/web/phone/vibration.ts";

test.each([
	[1, 300],
	[0.5, 300],
	[500, 500],
	[99_999, 3_000],
	[0, 0],
	[-1, 0],
	[Number.NaN, 0],
])("%p vibrates for %p ms", (value, ms) => {
	expect(vibrationMs(value)).toBe(ms);
});
