import { describe, expect, test } from "bun:test";
import { problemsOf, recordedRatios, TARGETS } from "../../bench/ratios.ts";

describe("the short benchmark", () => {
	test("has a recorded ratio for each of its targets", () => {
		expect(Object.keys(TARGETS).toSorted()).toEqual(Object.keys(recordedRatios()).toSorted());
	});

	test("fails for a ratio below half of the recorded one, and for one that is not recorded", () => {
		expect(problemsOf({ fast: 1, slow: 0.49, fresh: 3 }, { fast: 2, slow: 1, other: 1 })).toEqual([
			"collapsed: slow is 0.49, was 1",
			"not recorded: fresh is 3; add it to bench/ratios.json",
		]);
	});
});
