import { describe, expect, test } from "bun:test";
import { readRecordAnswer, readSlice } from "../../../src/dataflow/python/slice.ts";
import { cpuOf } from "../../support/processor-time.ts";

const BOUNDS = { maxResultBytes: 20, maxPrintChars: 10, maxSourceChars: 30, maxOutputs: 2 };
const read = (...fields: string[]) => readSlice(fields.join("\x1e"), 5, BOUNDS);
const error = {
	graph: 1,
	kind: "time" as const,
	stage: "idf" as const,
	digest: "d",
	src: "s",
	reason: "r",
};
const record = (changes: object) => ["1", "e", JSON.stringify({ ...error, ...changes })];

describe("slices of the engine", () => {
	test("every kind of record is read", () => {
		expect(
			read(
				"3",
				"12",
				"[1]",
				"m4",
				"{}",
				"p",
				'{"graph":1,"text":"x"}',
				"e",
				JSON.stringify(error),
				"n5",
				"",
				"q",
				"2",
			),
		).toEqual({
			done: 3,
			took: undefined,
			records: [
				{ kind: "output", linkId: 12, json: "[1]" },
				{ kind: "monitor", graph: 4, json: "{}" },
				{ kind: "printed", printed: { graph: 1, text: "x" } },
				{ kind: "error", error },
				{ kind: "ready", graph: 5 },
				{ kind: "cause", message: 2 },
			],
		});
		expect(read("5")).toEqual({ done: 5, took: undefined, records: [] });
		expect(read("5 1500 20")).toEqual({ done: 5, took: { ms: 1.5, lastMs: 0.02 }, records: [] });
	});

	test("as much as five messages can come to is read", () => {
		const outputs = Array.from({ length: 5 * 8 }, () => ["12", `[${"1".repeat(18)}]`]).flat();
		expect(read("5", ...outputs).records).toHaveLength(40);
		expect(read("1", "m4", `{${"x".repeat(20_000)}}`).records).toHaveLength(1);
		expect(read("1", "p", JSON.stringify({ graph: 1, text: "é".repeat(26) })).records).toHaveLength(
			1,
		);
		expect(
			read(...record({ reason: "r".repeat(8000), src: "\0".repeat(30) })).records,
		).toHaveLength(1);
	});

	test.each<[string, string[]]>([
		["no message done", ["0"]],
		["more than there were", ["6"]],
		["less than none", ["-1"]],
		["half a message", ["1.5"]],
		["a word", ["x"]],
		["nothing", [""]],
		["a time that is none", ["1 x x"]],
		["a time below zero", ["1 -1 -1"]],
		["a time beyond all", ["1 1000000000000 1"]],
		["one time", ["1 1"]],
		["three times", ["1 1 1 1"]],
		["a last one that took longer than all", ["2 1000 1001"]],
		["half a record", ["1", "12"]],
		["one record too many", ["5", ...Array(41).fill(["12", "[1]"]).flat()]],
		["a long result", ["1", "12", `[${"1".repeat(19)}]`]],
		["a result that is not an array", ["1", "12", "1"]],
		["an empty result", ["1", "12", ""]],
		["a result for no link", ["1", "", "[1]"]],
		["a result for a link below zero", ["1", "-12", "[1]"]],
		["a result for a link beyond all", ["1", "1e300", "[1]"]],
		["a data record without end", ["1", "m4", `{${"x".repeat(100_000)}}`]],
		["a data record that is none", ["1", "m4", "[]"]],
		["a data record of no graph", ["1", "mx", "{}"]],
		["news of a data record with a text", ["1", "n4", "x"]],
		["news of a data record of no graph", ["1", "n", ""]],
		["results of no message", ["1", "q", ""]],
		["results of a message before the first", ["1", "q", "-1"]],
		["an empty error", ["1", "e", "{}"]],
		["an error that is not JSON", ["1", "e", "nonsense"]],
		["an error of another kind", record({ kind: "a kind of its own" })],
		["an error of another stage", record({ stage: "x" })],
		["an error with a long reason", record({ reason: "r".repeat(8193) })],
		["an error with a long source", record({ src: "s".repeat(31) })],
		["an error with a long digest", record({ digest: "d".repeat(65) })],
		["an error of 20 MB", record({ reason: "r".repeat(20 << 20) })],
		["a print of another shape", ["1", "p", '{"graph":"x","text":1}']],
		["a long print", ["1", "p", JSON.stringify({ graph: 1, text: "x".repeat(27) })]],
		["a print of 20 MB", ["1", "p", JSON.stringify({ graph: 1, text: "x".repeat(20 << 20) })]],
	])("%s makes no sense", (_name, fields) => {
		expect(() => read(...fields)).toThrow(/^it /);
	});

	test("thirty million records are refused without looking at them", () => {
		const flood = `1${"\x1e1\x1e[]".repeat(10_000_000)}`;
		// A fraction of what it costs to split them, in the best of some tries: memory is cleared at any time.
		const shares = Array.from({ length: 3 }, () => {
			const whole = cpuOf(() => flood.split("\x1e").length);
			return (
				cpuOf(() => expect(() => readSlice(flood, 256, BOUNDS)).toThrow("it sent more")) / whole
			);
		});
		expect(Math.min(...shares)).toBeLessThan(1 / 4);
	});
});

describe("the answer to record", () => {
	test("is the newest data record, or null", () => {
		expect(readRecordAnswer("null", BOUNDS)).toBeNull();
		expect(readRecordAnswer('{"idf":{}}', BOUNDS)).toBe('{"idf":{}}');
	});

	test.each([["[]"], [""], ["nonsense"], [`{${"x".repeat(100_000)}}`]])(
		"%p makes no sense",
		(text) => {
			expect(() => readRecordAnswer(text, BOUNDS)).toThrow("it sent a data record of");
		},
	);
});
