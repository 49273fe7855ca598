import { expect, test } from "bun:test";
import { hertzOf, loudnessOf } from "../../../src/web/phone/pitch.ts";

test.each([
	[69, 440],
	[57, 220],
	[440, 440],
	[99_999, 12_000],
	[0, undefined],
	[-1, undefined],
	[Number.NaN, undefined],
])("the tone %p has %p hertz", (value, hertz) => {
	expect(hertzOf(value)).toBe(hertz);
});

test("loudness is a share or percent", () => {
	expect([0.5, 1, 50, 100, 300, -1].map(loudnessOf)).toEqual([0.5, 1, 0.5, 1, 1, 0]);
});
