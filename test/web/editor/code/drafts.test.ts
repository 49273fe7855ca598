import { describe, expect, test } from "bun:test";
import { type Draft, Drafts } from "../../../../src/web/editor/code/drafts.ts";
import { memoryStorage } from "./support/work-bench.ts";

const draft = (code: string, at = 1): Draft => ({ name: "f", code, base: 3, rows: [], at });

describe("drafts", () => {
	test("are there again in the next page, for the same person only", () => {
		const storage = memoryStorage();
		const kept = {
			...draft("def run():"),
			rows: [{ text: "1", expected: "2", stage: "odf" as const }],
		};
		expect(new Drafts(storage, 1).keep("7", kept)).toBe(true);
		expect(new Drafts(storage, 1).of("7")).toEqual(kept);
		expect(new Drafts(storage, 1).of("8")).toBeUndefined();
		expect(new Drafts(storage, 2).of("7")).toBeUndefined();
		new Drafts(storage, 1).drop("7");
		expect(new Drafts(storage, 1).of("7")).toBeUndefined();
	});

	test("are at most twenty: the oldest ones go", () => {
		const storage = memoryStorage();
		const drafts = new Drafts(storage, 1);
		for (let i = 1; i <= 30; i++) drafts.keep(String(i), draft("x", i));
		expect(storage.length).toBe(20);
		expect(drafts.of("10")).toBeUndefined();
		expect(drafts.of("11")).toBeDefined();
		expect(drafts.of("30")).toBeDefined();
	});

	test("take two million characters at most", () => {
		const drafts = new Drafts(memoryStorage(), 1);
		drafts.keep("old", draft("x".repeat(1_200_000), 1));
		drafts.keep("new", draft("x".repeat(1_200_000), 2));
		expect(drafts.of("old")).toBeUndefined();
		expect(drafts.of("new")).toBeDefined();
	});

	test("that find no room are told, and leave no older text behind", () => {
		const drafts = new Drafts(memoryStorage(100), 1);
		expect(drafts.keep("7", draft("short"))).toBe(true);
		expect(drafts.keep("7", draft("x".repeat(200)))).toBe(false);
		expect(drafts.of("7")).toBeUndefined();
		expect(new Drafts(undefined, 1).keep("7", draft("short"))).toBe(false);
	});

	test("that make no sense are none", () => {
		const storage = memoryStorage();
		for (const text of [
			"",
			"{",
			"null",
			"{}",
			'{"name":1,"code":"","base":null,"rows":[],"at":1}',
		]) {
			storage.setItem("iottalk-draft:1:7", text);
			expect(new Drafts(storage, 1).of("7")).toBeUndefined();
		}
		storage.setItem(
			"iottalk-draft:1:7",
			JSON.stringify({ ...draft("x"), rows: [null, 3, { text: 1 }] }),
		);
		expect(new Drafts(storage, 1).of("7")?.rows).toEqual([]);
	});
});
