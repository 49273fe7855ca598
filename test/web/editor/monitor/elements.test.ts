import { expect, test } from "bun:test";
import { elementsOf, numberOf } from "../../../../src/web/editor/monitor/elements.ts";

test.each([
	["21.5", ["21.5"]],
	["null", ["null"]],
	["[]", []],
	["[1, 2.50,-3]", ["1", "2.50", "-3"]],
	["[123456789012345678901234567890]", ["123456789012345678901234567890"]],
	['["a,b","c]\\"d",[1,[2,3]],{"k":[4,5]}]', ['"a,b"', '"c]\\"d"', "[1,[2,3]]", '{"k":[4,5]}']],
	['{"r":1}', ['{"r":1}']],
	["[1,[2,3", ["1", "[2,3"]],
	['[1,"long te…', ["1", '"long te…']],
])("%p has the values %p", (json, elements) => {
	expect(elementsOf(json)).toEqual(elements);
});

test("numbers and switches can be drawn, other values cannot", () => {
	expect(["1.5", "-2", "1e3", "true", "false"].map(numberOf)).toEqual([1.5, -2, 1000, 1, 0]);
	expect(["null", '"1"', "12…", "[1]", "", undefined].map(numberOf)).toEqual(
		Array(6).fill(undefined),
	);
});
