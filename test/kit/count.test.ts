import { expect, test } from "bun:test";
import { count } from "../../src/kit/count.ts";

test("a number goes with its noun", () => {
	expect([0, 1, 2].map((number) => count(number, "graph"))).toEqual([
		"0 graphs",
		"1 graph",
		"2 graphs",
	]);
});
