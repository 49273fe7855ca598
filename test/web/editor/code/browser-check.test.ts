import { describe, expect, test } from "bun:test";
import { pythonLanguage } from "@codemirror/lang-python";
import { browserFindings } from "../../../../src/web/editor/code/browser-check.ts";

const found = (code: string) =>
	browserFindings(pythonLanguage.parser.parse(code), code).map(
		({ line, text_id }) => `${line} ${text_id}`,
	);

describe("the browser's own check", () => {
	test("finds where Python's grammar ends", () => {
		expect(found("def run(x1):\n    return x1\n")).toEqual([]);
		expect(found("def run(x1)\n    return x1\n")).toContain("1 syntax_here");
		expect(found("def run(x1):\n    return (x1\n")).toContain("3 syntax_here");
	});

	test("misses run where nothing makes it", () => {
		expect(found("def walk():\n    return 1\n")).toEqual(["1 no_run"]);
		expect(found("run = lambda x: x\n")).toEqual([]);
		expect(found("from math import sin as run\n")).toEqual([]);
	});
});
