import { expect, test } from "bun:test";
import { readNumber } from "../../../../src/web/editor/panel/number-input.ts";

const read = (text: string, integer = false): number | string => {
	const result = readNumber(text, { integer });
	return result.ok ? result.value : result.problem;
};

test.each([
	["0", 0],
	[" 12.5 ", 12.5],
	["-3", -3],
	["−3", -3],
	["+7", 7],
	[".5", 0.5],
	["2.", 2],
	["1e3", 1000],
	["１２．５", 12.5],
	["-0", 0],
])("%p is the number %p", (text, value) => {
	expect(read(text)).toBe(value);
});

test.each([
	["", "empty"],
	["  ", "empty"],
	["warm", "no-number"],
	["1.2.3", "no-number"],
	["1,5", "no-number"],
	["1,000", "no-number"],
	["0x10", "no-number"],
	["Infinity", "no-number"],
	["NaN", "no-number"],
	["1e999", "too-large"],
	["9007199254740993", "too-large"],
])("%p is refused as %p", (text, problem) => {
	expect(read(text)).toBe(problem);
});

test("a fraction is refused where an integer is wanted", () => {
	expect(read("1.5", true)).toBe("no-integer");
	expect(read("15", true)).toBe(15);
});
