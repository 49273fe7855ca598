import { describe, expect, test } from "bun:test";
import { checkedJson, sliceValues } from "../../src/dataflow/json-slices.ts";
import { chance, SEED } from "../support/chance.ts";

const slices = (text: string) => sliceValues(checkedJson(text));

describe("JSON slices", () => {
	test.each<[string, string[]]>([
		["[]", []],
		[" [ ] ", []],
		["[1]", ["1"]],
		["[1.0, -0, 1e400,12345678901234567890]", ["1.0", "-0", "1e400", "12345678901234567890"]],
		["\n[ 1 ,\t2 ]\r\n", ["1", "2"]],
		['["a,b", "]", "\\"", "\\\\"]', ['"a,b"', '"]"', '"\\""', '"\\\\"']],
		['[[1,[2]],{"a":[3,{"b":4}]},5]', ["[1,[2]]", '{"a":[3,{"b":4}]}', "5"]],
		["42", ["42"]],
		['"text, more"', ['"text, more"']],
		['{"a":[1,2]}', ['{"a":[1,2]}']],
		["null", ["null"]],
		['[NaN,-Infinity,"NaN, \\"Infinity"]', ["null", "null", '"NaN, \\"Infinity"']],
		["NaN", ["null"]],
	])("%j", (text, wanted) => {
		expect(slices(text)).toEqual(wanted);
	});

	test("what is not JSON throws", () => {
		for (const text of ["", " ", "[", "[1,]", "{", "nan", "[NaN", "1 2", "'a'", "[01]"]) {
			expect(() => slices(text)).toThrow(SyntaxError);
		}
	});

	test("cutting and parsing agree on random values", () => {
		const random = chance(SEED);
		const value = (depth: number): unknown => {
			const kind = Math.floor(random() * (depth > 3 ? 4 : 6));
			if (kind === 0) return random() * 1e6 - 5e5;
			if (kind === 1) return ['"', "\\", ",", "]", "}", "ü", ""][Math.floor(random() * 7)];
			if (kind === 2) return random() < 0.5;
			if (kind === 3) return null;
			const items = Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
			return kind === 4 ? items : Object.fromEntries(items.map((item, n) => [`k"${n},`, item]));
		};
		for (let n = 0; n < 2000; n++) {
			const values = Array.from({ length: n % 6 }, () => value(0));
			const text = JSON.stringify(values, null, n % 3);
			const parsed = slices(text).map((slice) => JSON.parse(slice));
			expect([SEED, parsed]).toEqual([SEED, values]);
		}
	});
});
