import { describe, expect, test } from "bun:test";
import {
	readClass,
	refusedLines,
} from "../../../../../src/web/editor/screens/people/class-list.ts";

describe("a pasted class list", () => {
	test("has a student a line, with a password in the second cell", () => {
		expect(readClass("王小明\r\n\r\n  Ann Lee \tsecret one\nbob, pw\n")).toEqual([
			{ line: 1, name: "王小明", password: undefined, twinOf: undefined },
			{ line: 3, name: "Ann.Lee", password: "secret one", twinOf: undefined },
			{ line: 4, name: "bob", password: "pw", twinOf: undefined },
		]);
		expect(readClass(" \n\t\n")).toEqual([]);
	});

	test("says which line has the same name, however its letters are composed", () => {
		const [, second, third] = readClass("Zoé\nZoe\u0301\nZoé");
		expect([second?.twinOf, third?.twinOf]).toEqual([1, 1]);
	});

	test("is told what was refused by the lines of its own text", () => {
		const lines = readClass("\nann\n\n+;x\n");
		const reason =
			'no one was added; line 1: ann already exists; line 2: the name "+" has one of the characters / + # :';
		expect(refusedLines(reason, lines)).toEqual([
			{ line: 2, name: "ann", reason: undefined },
			{ line: 4, name: "+", reason: 'the name "+" has one of the characters / + # :' },
		]);
		expect(refusedLines("too many requests", lines)).toEqual([]);
	});
});
