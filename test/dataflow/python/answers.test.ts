import { describe, expect, test } from "bun:test";
import { readDropped, readNothing, readPrepared } from "../../../src/dataflow/python/answers.ts";

const LINKS = new Set([7, 8]);
const dropped = (value: unknown) =>
	readDropped(typeof value === "string" ? value : JSON.stringify(value), LINKS, 100);

describe("answers of the engine", () => {
	test("a verdict is null or a reason", () => {
		expect(readPrepared("null")).toBeNull();
		expect(readPrepared('"SyntaxError"')).toBe("SyntaxError");
	});

	test.each(["", "1", "{}", '["x"]', `"${"x".repeat(8193)}"`, `"${"x".repeat(1 << 20)}`])(
		"%.20s is none",
		(text) => {
			expect(() => readPrepared(text)).toThrow(/^it /);
		},
	);

	test("nothing is null", () => {
		expect(readNothing("null")).toBeUndefined();
		for (const text of ["", "0", '"x"', "x".repeat(1 << 20)]) {
			expect(() => readNothing(text)).toThrow(/^it /);
		}
	});

	test("slots are JSON texts by link, or null", () => {
		expect(dropped({})).toEqual({});
		expect(dropped({ 7: "[1]", 8: null })).toEqual({ 7: "[1]", 8: null });
		expect(dropped({ 8: '"text"' })).toEqual({ 8: '"text"' });
	});

	test.each<[string, unknown]>([
		["null", null],
		["a list", []],
		["a text", '"7"'],
		["no JSON", "{"],
		["a slot that is not a text", { 7: [1] }],
		["a slot that is not JSON", { 7: "[1" }],
		["a slot of a link the graph does not have", { 9: "[1]" }],
		["a slot of no link", { x: "[1]" }],
		["one that is not a text under a number written another way", { "0x7": [1] }],
		["one that is JSON there", { "7.0": "[1]" }],
		["more than any function can want", { 7: "x".repeat(20 << 20) }],
	])("%s is not an answer to drop", (_name, value) => {
		expect(() => dropped(value)).toThrow(/^it /);
	});

	test.each([
		["too deep", "[".repeat(501) + "]".repeat(501), 10_000],
		["too long", JSON.stringify("x".repeat(101)), 100],
	])("a slot %s is left out: it would not be taken as a message", (_name, slot, most) => {
		const text = JSON.stringify({ 7: slot, 8: "[1]" });
		expect(readDropped(text, LINKS, most)).toEqual({ 7: null, 8: "[1]" });
	});
});
