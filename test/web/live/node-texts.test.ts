import { expect, test } from "bun:test";
import { ageOf, rangesOf } from "../../../src/web/live/node-texts.ts";

test("partitions that follow each other are one range", () => {
	expect(rangesOf([])).toBe("");
	expect(rangesOf([-1])).toBe("router");
	expect(rangesOf([0, 1, 2, 3, 7, 9, 10])).toBe("0–3, 7, 9–10");
	expect(rangesOf([-1, 0, 2])).toBe("router, 0, 2");
});

test("a duration has one unit", () => {
	expect([0.4, 59, 60, 3599, 3600, 86_399, 200_000].map(ageOf)).toEqual([
		...["0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "2 d"],
	]);
});
