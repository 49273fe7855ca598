import { describe, expect, test } from "bun:test";
import { hasWords, queryOf, withQuery } from "../../../../src/web/editor/screens/query.ts";

describe("what the address says beside the screen", () => {
	const at = (place: Parameters<typeof queryOf>[0]["navigation"]["place"]["value"]) =>
		queryOf({ navigation: { place: { value: place }, go: () => {} } });

	test("is empty where a screen has none", () => {
		expect(at({ screen: "people", query: { q: "ann" } })).toEqual({ q: "ann" });
		expect(at({ screen: "people" })).toEqual({});
		expect(at({ screen: "account" })).toEqual({});
	});

	test("loses entries that become empty", () => {
		expect(withQuery({ q: "x", tab: "devices" }, { q: "", task: "new" })).toEqual({
			tab: "devices",
			task: "new",
		});
		expect(withQuery({ q: "x" }, { q: undefined })).toEqual({});
	});
});

test("a search finds all its words, in any order and case", () => {
	expect(hasWords("Class Lamp (Ann)", "ann  lamp")).toBe(true);
	expect(hasWords("Class Lamp (Ann)", "ann bob")).toBe(false);
	expect(hasWords("溫度計", "溫度")).toBe(true);
	expect(hasWords("anything", " ")).toBe(true);
});
