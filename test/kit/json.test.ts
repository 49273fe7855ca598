import { describe, expect, test } from "bun:test";
import { nestsTooDeep, parsePythonJson, withoutLoneSurrogates } from "../../src/kit/json.ts";
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

describe("halves of surrogate pairs in JSON text", () => {
	test.each<[string, string, unknown]>([
		["a high one", '"\\ud800"', "\ufffd"],
		["a low one", '"a\\uDFFFb"', "a\ufffdb"],
		["two high ones", '"\\ud800\\ud801"', "\ufffd\ufffd"],
		["in the wrong order", '"\\udc00\\ud800"', "\ufffd\ufffd"],
		["one before a pair", '"\\ud83d\\uD83D\\ude00"', "\ufffd\u{1F600}"],
		[
			"in a key, beside a number",
			'{"\\ud800":1.0,"n":NaN}',
			{ "\ufffd": JSON.rawJSON("1.0"), n: null },
		],
		["a whole pair stays", '"\\ud83d\\ude00"', "\u{1F600}"],
		["other escapes stay", '"\\n\\u00e9\\uD7ff\\ue000\\""', '\n\u00e9\ud7ff\ue000"'],
		["a backslash before the letters is none", '"\\\\ud800"', "\\ud800"],
	])("%s", (_name, text, expected) => {
		expect(parsePythonJson(text)).toEqual(expected);
	});

	test("what is not JSON does not become it", () => {
		for (const text of ['"\\ud8zz"', '"\\ud80"', '"\\ud800', "\\ud800", '"\\ud800\\"'])
			expect(() => parsePythonJson(text)).toThrow(SyntaxError);
	});

	test("a megabyte of them takes no time worth mentioning", () => {
		for (const text of ["\\ud800", "\\\\ud800", "\\ud83d\\ude00", "\\ud8"]) {
			expect(cpuOf(() => withoutLoneSurrogates(text.repeat(150_000)))).toBeLessThan(1000);
		}
	});
});
