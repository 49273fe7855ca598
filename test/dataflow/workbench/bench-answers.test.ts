// User code runs on the other side: no answer is taken for granted.
import { describe, expect, test } from "bun:test";
import {
	readFindings,
	readFlag,
	readReason,
	readTried,
} from "../../../src/dataflow/workbench/bench-answers.ts";

const finding = {
	line: 1,
	column: 1,
	severity: "error",
	text_id: "undefined_name",
	args: { name: "a" },
};
const tried = { error: null, printed: "", ms: 0.5 };

describe("answers of the workbench's engine", () => {
	test("are read", () => {
		expect(readReason('"no"')).toBe("no");
		expect(readReason("null")).toBeNull();
		expect(readFindings(JSON.stringify([finding]))).toHaveLength(1);
		expect(readTried(JSON.stringify({ ...tried, result: [1] }))).toMatchObject({ result: [1] });
		expect(readFlag("false")).toBe(false);
	});

	test("of the wrong shape or length are refused", () => {
		for (const read of [
			() => readReason("5"),
			() => readReason(JSON.stringify("x".repeat(10_000))),
			() => readFindings(JSON.stringify([{ ...finding, line: 0 }])),
			() => readFindings(JSON.stringify([{ ...finding, text_id: "other" }])),
			() => readFindings(JSON.stringify(Array(101).fill(finding))),
			() => readTried("{}"),
			() => readTried(JSON.stringify({ ...tried, printed: "x".repeat(10_000) })),
			() => readTried(" ".repeat(1 << 20)),
			() => readFlag("null"),
		]) {
			expect(read).toThrow();
		}
	});

	test("a result that no one could read again is an error", () => {
		const deep = JSON.parse(`${"[".repeat(501)}${"]".repeat(501)}`);
		const { result, error } = readTried(JSON.stringify({ ...tried, result: deep }));
		expect([result, error?.kind]).toEqual([undefined, "result"]);
		const fits = JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`);
		expect(readTried(JSON.stringify({ ...tried, result: fits })).error).toBeNull();
	});
});
