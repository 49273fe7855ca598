import { describe, expect, test } from "bun:test";
import { nestsTooDeep } from "../../src/kit/json.ts";
import { cpuOf } from "../support/processor-time.ts";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("depth of JSON text", () => {
	test.each<[string, string, boolean]>([
		["as deep as allowed", nested(10), false],
		["one deeper", nested(11), true],
		["objects count as well", '{"a":['.repeat(6), true],
		["side by side is not deep", `[${Array(50).fill("[]").join()}]`, false],
		["brackets in strings do not count", `"${"[".repeat(50)}"`, false],
		["a quote behind a backslash ends no string", `["\\"${"[".repeat(50)}"]`, false],
		["one behind two does", `["\\\\",${nested(11)}]`, true],
		["a string that never ends", `["${"[".repeat(50)}`, false],
		["a string that ends with a backslash", `["${"[".repeat(50)}\\`, false],
		["no JSON at all", "]".repeat(50) + "[".repeat(50), false],
	])("%s", (_name, text, expected) => {
		expect(nestsTooDeep(text, 10)).toBe(expected);
	});

	test("a megabyte of whatever takes no time worth mentioning", () => {
		for (const text of ["\\", '\\"', '"', "[]", "1,", '["\\\\'].map((part) =>
			part.repeat(500_000),
		)) {
			expect(cpuOf(() => nestsTooDeep(text, 1000))).toBeLessThan(1000);
		}
	});
});
