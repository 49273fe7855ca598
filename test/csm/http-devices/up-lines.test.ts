import { describe, expect, test } from "bun:test";
import { readUpLines } from "../../../src/csm/http-devices/up-lines.ts";

const read = (text: string) => [...readUpLines(text)];

describe("§3.4 what a device sends", () => {
	test("is a line for each value, with or without an end, with blank lines and line ends of any kind", () => {
		const expected: [string, string][] = [
			["Color-I1", "[255,0,64]"],
			["Temp", "21.50"],
		];
		expect(read('["Color-I1",[255,0,64]]\n["Temp",21.50]')).toEqual(expected);
		expect(read('\r\n  [ "Color-I1" , [255,0,64] ] \r\n\r\n["Temp",\t21.50]\r\n')).toEqual(
			expected,
		);
		expect(read("")).toEqual([]);
		expect(read(" \n\n")).toEqual([]);
	});

	test("counts by the newest value of each feature, in the order in which these came", () => {
		expect(read('["a",1]\n["b",2]\n["a",3]')).toEqual([
			["b", "2"],
			["a", "3"],
		]);
	});

	test("may be any JSON, and keeps its numbers as they were written", () => {
		const values = ["1.0", "12345678901234567890", '"text, ]"', "null", "{}", '[["x"],{"y":[]}]'];
		for (const value of values) expect(read(`["f",${value}]`)).toEqual([["f", value]]);
		expect(read('["f",[NaN,-Infinity]]')).toEqual([["f", "[NaN,-Infinity]"]]);
	});

	test("has names of any kind", () => {
		for (const name of ['a"b', "a\\", "濕度", "__proto__", "a,b]", ""]) {
			expect(read(JSON.stringify([name, 1]))).toEqual([[name, "1"]]);
		}
	});

	test.each([
		["no JSON", "nothing"],
		["a value alone", "[1,2]"],
		["a name that is not a text", '[5,"x"]'],
		["no value", '["a"]'],
		["an empty value", '["a",]'],
		["a value too many", '["a",1,2]'],
		["two lines in one", '["a",1],["b",2]'],
		["something behind it", '["a",1] x'],
		["an object", '{"a":1}'],
		["a quote that is not closed", '["a,1]'],
		["values nested without end", `["a",${"[".repeat(600)}${"]".repeat(600)}]`],
		["a number Python would not write", '["a",01]'],
	])("is refused whole with %s, and the line is named", (_, line) => {
		expect(() => readUpLines(`["ok",1]\n\n${line}\n["ok",2]`)).toThrow(
			'line 3 is not JSON of the form ["<feature>", <value>]',
		);
	});

	test("may have 10,000 lines, and lines as long as a body", () => {
		expect(readUpLines('["a",1]\n'.repeat(10_000)).size).toBe(1);
		expect(() => readUpLines(`["${"\\".repeat(60_000)}`)).toThrow("line 1");
		expect(() => readUpLines('["a",'.repeat(12_000))).toThrow("line 1");
	});
});
