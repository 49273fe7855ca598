import { describe, expect, test } from "bun:test";
import { shortValue, sparkline } from "../../../../src/web/editor/lanes/value-text.ts";

describe("a value in a chip", () => {
	const cases: [string, string][] = [
		["[21.5]", "21.5"],
		["21.123456", "21.12"],
		["[255, 0, 64]", "255,\u20090,\u200964"],
		["1234567", "1234567"],
		["1e300", "1e+300"],
		['"on"', "on"],
		['["a", null, true]', "a,\u2009null,\u2009true"],
		['[{"x":1}]', '{"x":1}'],
		["[[0]]", "0"],
		["[[1],[2]]", "1,\u20092"],
		["[]", ""],
		["<b>[1, 2, 3", "<b>[1, 2, 3"],
	];
	test.each(cases)("%s is %s", (json, text) => {
		expect(shortValue(json)).toBe(text);
	});
});

describe("a sparkline", () => {
	test("needs two values", () => {
		expect(sparkline([], 30, 12)).toBe("");
		expect(sparkline([1], 30, 12)).toBe("");
	});

	test("fills its box, the newest at the right", () => {
		expect(sparkline([0, 10, 5], 30, 12)).toBe("0,12 15,0 30,6");
	});

	test("is a line in the middle while nothing changes", () => {
		expect(sparkline([3, 3], 30, 12)).toBe("0,6 30,6");
	});
});
