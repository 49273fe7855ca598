import { describe, expect, test } from "bun:test";
import {
	exampleRow,
	isSameValue,
	pinnedOf,
	readSample,
	rowsOf,
	sampleText,
	templateOf,
	verdictOf,
} from "../../../../src/web/editor/code/try-rows.ts";

const tried = (result: unknown) => ({ result, error: null, printed: "", ms: 1 });

describe("rows to try a function with", () => {
	test("are JSON, or values with commas between them", () => {
		expect(readSample("[255, 0, 64]")).toEqual({ ok: true, value: [255, 0, 64] });
		expect(readSample("255, 0, 64")).toEqual({ ok: true, value: [255, 0, 64] });
		expect(readSample('"a", {"b": 1}')).toEqual({ ok: true, value: ["a", { b: 1 }] });
		expect(readSample("5")).toEqual({ ok: true, value: 5 });
		expect(readSample("")).toEqual({ ok: true, value: [] });
		expect(readSample("warm")).toEqual({ ok: false });
	});

	test("are written with spaces, and read as what they were", () => {
		const value = [1, "a", null, { b: [true, 2.5] }];
		expect(sampleText(value)).toBe('[1, "a", null, {"b": [true, 2.5]}]');
		expect(readSample(sampleText(value))).toEqual({ ok: true, value });
	});

	test("hold when the result is the same JSON", () => {
		expect(isSameValue({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
		expect(isSameValue([1], { 0: 1 })).toBe(false);
		expect(isSameValue({ a: undefined }, { b: undefined })).toBe(false);
		expect(isSameValue(0, -0)).toBe(true);
		const row = { text: "1", expected: "[2, 3]" };
		expect(verdictOf(row, tried([2, 3]))).toBe("holds");
		expect(verdictOf(row, tried([2]))).toBe("differs");
		expect(verdictOf({ text: "1", expected: "null" }, tried(undefined))).toBe("holds");
		expect(verdictOf(row, undefined)).toBe("unknown");
		expect(verdictOf({ text: "1" }, tried(2))).toBe("unknown");
		const error = { kind: "exception", line: 1, reason: "" };
		expect(verdictOf(row, { error, printed: "", ms: 1 })).toBe("differs");
	});

	test("go to the server and back with their stage", () => {
		const rows = [
			{ text: "1, 2", expected: "3" },
			{ text: "[[1], [2]]", expected: "null", stage: "join" as const },
			{ text: "4" },
			{ text: "warm", expected: "1" },
		];
		const pinned = pinnedOf(rows, "odf");
		expect(pinned).toEqual([
			{ stage: "odf", sample: [1, 2], expected: 3 },
			{ stage: "join", sample: [[1], [2]], expected: null },
		]);
		expect(pinnedOf(rowsOf(pinned), "idf")).toEqual(pinned);
	});

	test("begin with an example for the values of the wire", () => {
		expect(exampleRow("idf", 3)).toEqual({ text: "[1, 2, 3]" });
		expect(exampleRow("join", 2)).toEqual({ text: "[[1], [2]]" });
		expect(exampleRow("odf", 0)).toEqual({ text: "[1]" });
	});

	test("a new function takes the names of the wire", () => {
		expect(templateOf(["r", "g", "b"])).toBe("def run(r, g, b):\n    return r\n");
		expect(templateOf([])).toBe("def run(*args):\n    return args[0]\n");
		expect(templateOf(["x1 (°C)"])).toBe("def run(*args):\n    return args[0]\n");
	});
});
