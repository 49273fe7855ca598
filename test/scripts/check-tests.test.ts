import { describe, expect, test } from "bun:test";
import { type Lists, problemsOf, type Tree } from "../../scripts/check-tests.ts";

const LISTS: Lists = {
	covered: { "test/contract/auth.test.ts": { auth: "secrets watch" } },
	reasons: { "a table of data": { auth: "table" } },
	exists: () => true,
};
const SOURCES = ["auth/auth", "auth/secrets", "auth/watch", "auth/table"];
const TESTS = {
	"auth/auth.test.ts": "",
	"auth/auth.memory.test.ts": "",
	"schemas/views.test.ts": "",
	"contract/auth.test.ts": "test.each([])",
};

function problems(
	change: { sources?: string[]; tests?: Record<string, string>; lists?: Partial<Lists> } = {},
): string[] {
	const sources = change.sources ?? SOURCES;
	const tree: Tree = {
		sources,
		places: new Set([...sources, "auth", "auth/types", "contract/views"]),
		tests: new Map(Object.entries({ ...TESTS, ...change.tests })),
	};
	return problemsOf(tree, { ...LISTS, ...change.lists });
}

describe("the mirror of src in test", () => {
	test("has nothing to say when each file has its test or stands in the list", () => {
		expect(problems()).toEqual([]);
	});

	test("names a file that has neither", () => {
		expect(problems({ sources: [...SOURCES, "auth/new"] })).toEqual([
			expect.stringContaining("src/auth/new has no test/auth/new.test.ts"),
		]);
	});

	test("names a test that is about no file, and one that is in no folder", () => {
		expect(problems({ tests: { "auth/gone.test.ts": "", "alone.test.ts": "" } })).toEqual([
			expect.stringContaining("test/auth/gone.test.ts is not about a file of src"),
			expect.stringContaining("test/alone.test.ts belongs into a folder"),
		]);
	});

	test("names a test that is held back", () => {
		const text = `describe${".skip"}('x', () => {})`;
		expect(problems({ tests: { "contract/x.test.ts": text } })).toEqual([
			"test/contract/x.test.ts holds a test back with .skip",
		]);
	});

	test.each<[string, Parameters<typeof problems>[0], string]>([
		[
			"has its test now",
			{ tests: { "auth/watch.test.ts": "" } },
			"auth/watch has a test of its own",
		],
		["is gone", { sources: SOURCES.filter((file) => file !== "auth/watch") }, "is not in src"],
		[
			"has nothing but types",
			{ lists: { reasons: { x: { auth: "table types" } } } },
			"auth/types has no function in it",
		],
		[
			"stands there twice",
			{ lists: { reasons: { x: { auth: "table watch" } } } },
			"auth/watch is in scripts/tested-elsewhere.ts twice",
		],
		["names a test that is gone", { lists: { exists: () => false } }, "which is not there"],
	])("names an entry of the list that %s", (_, change, reason) => {
		expect(problems(change)).toEqual([expect.stringContaining(reason)]);
	});
});
