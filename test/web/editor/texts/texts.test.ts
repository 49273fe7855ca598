import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { language, languageFor, texts } from "../../../../src/web/editor/texts/texts.ts";
import { loadAllTexts } from "../support/words.ts";

beforeAll(loadAllTexts);

afterEach(() => {
	language.value = "en";
});

/** Paths and kinds of all words below a value. */
function shapeOf(value: unknown, path = ""): string[] {
	if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
	return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`));
}

function emptyIn(value: unknown, path = ""): string[] {
	if (typeof value === "string") return value.trim() === "" ? [path] : [];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => emptyIn(inner, `${path}.${key}`));
}

describe("the editor's words", () => {
	test("are the same ones in both languages, and none is empty in one alone", () => {
		const english = texts.value;
		language.value = "zh";
		const chinese = texts.value;
		expect(shapeOf(chinese).toSorted()).toEqual(shapeOf(english).toSorted());
		expect(emptyIn(chinese)).toEqual(emptyIn(english));
	});

	test.each([
		["zh-Hant", "en-US", "zh"],
		[null, "zh-TW", "zh"],
		[null, "ZH-hant-HK", "zh"],
		["en", "zh-TW", "en"],
		[null, "de-AT", "en"],
		[null, "", "en"],
	] as const)(
		"a reader who chose %p with a browser in %p reads %p",
		(chosen, preferred, wanted) => {
			expect(languageFor(chosen, preferred)).toBe(wanted);
		},
	);
});
