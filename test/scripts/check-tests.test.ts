import { describe, expect, test } from "bun:test";
import {
	type Lists,
	problemsOf,
	pruned,
	type Tree,
	withCovered,
} from "../../scripts/check-tests.ts";

const LISTS: Lists = {
	covered: { "test/contract/auth.test.ts": ["auth/secrets", "auth/watch"] },
	reasons: { "a table of data": ["auth/table"] },
};
const SOURCES = ["auth/auth", "auth/secrets", "auth/watch", "auth/table"];
const TESTS = {
	"auth/auth.test.ts": "",
	"auth/auth.memory.test.ts": "",
	"schemas/views.test.ts": "",
	"contract/auth.test.ts": "test.each([])",
};

interface Change {
	covered?: Lists["covered"];
	imports?: Record<string, string[]>;
	python?: string[];
	sources?: string[];
	tests?: Record<string, string>;
	reasons?: Lists["reasons"];
	exists?: boolean;
}

function treeWith({ sources = SOURCES, tests, imports = {}, python = [] }: Change): Tree {
	return {
		sources,
		places: new Set([...sources, "auth", "auth/types", "contract/views"]),
		tests: new Map(Object.entries({ ...TESTS, ...tests })),
		imports: new Map(Object.entries(imports)),
		python,
		pythonTests: "engine/test_graph.py\n# What idf.py does.",
	};
}

function problems(change: Change = {}): string[] {
	const lists = {
		covered: change.covered ?? LISTS.covered,
		reasons: change.reasons ?? LISTS.reasons,
	};
	return problemsOf(treeWith(change), lists, () => change.exists ?? true);
}

describe("the mirror of src in test", () => {
	test("has nothing to say when each file has its test or stands in the list", () => {
		expect(problems()).toEqual([]);
	});

	test("takes a folder for what is in it, from tests of the whole program", () => {
		const sources = [...SOURCES, "web/lanes/wire", "web/lanes/deep/lane"];
		const covered = { ...LISTS.covered, "test/e2e/lanes.test.ts": ["web/lanes/"] };
		expect(problems({ sources, covered })).toEqual([]);
		expect(problems({ covered })).toEqual([expect.stringContaining("web/lanes/ is not in src")]);
		const unit = { ...LISTS.covered, "test/auth/auth.test.ts": ["web/lanes/"] };
		expect(problems({ sources, covered: unit })).toEqual([
			expect.stringContaining("does not cover web/lanes/"),
		]);
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

	test("names a test that waits for what any element meets", () => {
		const text = `page.waitForSelector("tr ::-p-${"text"}(Ann)")`;
		expect(problems({ tests: { "contract/x.test.ts": text } })).toEqual([
			expect.stringContaining("which any element meets"),
		]);
	});

	const COVERED = { "test/auth/auth.test.ts": ["auth/secrets"], "test/auth": ["auth/watch"] };
	test.each<[string, Record<string, string[]>]>([
		[
			"imports",
			{ "test/auth/auth.test.ts": ["src/auth/secrets.ts", "src/auth/watch.ts", "src/kit/mod.ts"] },
		],
		[
			"imports through one more file",
			{
				"test/auth/auth.test.ts": ["src/auth/auth.ts"],
				"src/auth/auth.ts": ["src/auth/secrets.ts", "src/auth/watch.ts"],
			},
		],
		[
			"imports through a helper, a mod.ts and one more file",
			{
				"test/auth/auth.test.ts": ["test/support/people.ts"],
				"test/support/people.ts": ["src/auth/mod.ts"],
				"src/auth/mod.ts": ["src/auth/auth.ts"],
				"src/auth/auth.ts": ["src/auth/secrets.ts", "src/auth/watch.ts"],
			},
		],
	])("lets a unit test cover what it %s", (_, imports) => {
		expect(problems({ covered: COVERED, imports })).toEqual([]);
	});

	test("names an entry of the list whose unit test does not load the file, or from far away only", () => {
		const imports = {
			"test/auth/auth.test.ts": ["src/auth/auth.ts"],
			"src/auth/auth.ts": ["src/auth/keys.ts", "src/auth/watch.ts"],
			"src/auth/keys.ts": ["src/auth/secrets.ts"],
		};
		expect(problems({ covered: COVERED, imports })).toEqual([
			expect.stringMatching(/test\/auth\/auth\.test\.ts does not cover auth\/secrets, it imports/),
		]);
	});

	test("names a Python file of the engine that no test names", () => {
		expect(problems({ python: ["graph.py", "idf.py", "values.py"] })).toEqual([
			"src/dataflow/python/values.py is named by no test in test/dataflow/python",
		]);
	});

	test.each<[string, Change, string]>([
		[
			"has its test now",
			{ tests: { "auth/watch.test.ts": "" } },
			"auth/watch has a test of its own",
		],
		["is gone", { sources: SOURCES.filter((file) => file !== "auth/watch") }, "is not in src"],
		[
			"has nothing but types",
			{ reasons: { x: ["auth/table", "auth/types"] } },
			"auth/types has no function in it",
		],
		[
			"stands there twice",
			{ reasons: { x: ["auth/table", "auth/watch"] } },
			"auth/watch is in scripts/tested-elsewhere.json twice",
		],
		["names a test that is gone", { exists: false }, "which is not there"],
	])("names an entry of the list that %s", (_, change, reason) => {
		expect(problems(change)).toEqual([expect.stringContaining(reason)]);
	});

	test("is pruned of files with a test of their own, and takes more", () => {
		const tree = treeWith({
			tests: { "auth/watch.test.ts": "" },
			sources: SOURCES.filter((file) => file !== "auth/table"),
		});
		const kept = pruned(tree, LISTS);
		expect(kept).toEqual({
			covered: { "test/contract/auth.test.ts": ["auth/secrets"] },
			reasons: {},
		});
		expect(withCovered(kept, "test/a.test.ts", ["auth/new"]).covered).toEqual({
			"test/a.test.ts": ["auth/new"],
			"test/contract/auth.test.ts": ["auth/secrets"],
		});
	});
});
