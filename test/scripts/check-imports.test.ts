import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Modules, modulesIn, problemsOf } from "../../scripts/check-imports.ts";
import { figuresText, lengthProblems } from "../../scripts/source-figures.ts";
import { otherFiles, readTree } from "../../scripts/source-tree.ts";

const TABLE = `# Architecture

<!-- modules: read by scripts/check-imports.ts -->
| Module | Owns | Packages | May import |
|---|---|---|---|
| \`main.ts\` | the start of \`iotctl\` | | \`cli\` |
| \`cli\` | commands | | \`store\` \`kit\` |
| \`store\` | tables | \`@lamps/rows\` | \`kit\` |
| \`kit\` | what all need | | |
<!-- end of modules -->
`;
const MODULES = modulesIn(TABLE);
const DEPENDENCIES = new Set(["@lamps/rows", "bells"]);
/** A tree that keeps to the table. */
const GOOD = {
	"main.ts": `const { run } = await import("./cli/run.ts");\nrun();\n`,
	"cli/run.ts": `import { VERSION } from "../kit/mod.ts";\nimport { open } from "../store/mod.ts";\nexport const run = () => open(VERSION);\n`,
	"store/mod.ts": `export { open } from "./open.ts";\nexport type { Row } from "./row.ts";\n`,
	"store/open.ts": `import { VERSION } from "../kit/mod.ts";\nimport "@lamps/rows/deep";\nimport "node:fs";\nimport "bun:sqlite";\nimport "bun";\nexport const open = () => VERSION;\n`,
	"store/row.ts": `import type { open } from "./open.ts";\nexport type Row = ReturnType<typeof open>;\n`,
	"kit/mod.ts": `export { VERSION } from "./version.ts";\n`,
	"kit/version.ts": `import info from "../../package.json" with { type: "json" };\nexport const VERSION = info.version;\n`,
};

let folder: string;
beforeAll(() => {
	// As in a home directory: neither ASCII nor without a space.
	folder = mkdtempSync(join(tmpdir(), "iotctl imports ü-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The problems of the good tree with some files changed; null takes one away. */
async function check(
	changes: Record<string, string | null>,
	modules: Modules = MODULES,
): Promise<string[]> {
	return problemsOf(await read({ ...GOOD, ...changes }), modules, DEPENDENCIES);
}

async function read(tree: Record<string, string | null>) {
	const src = join(mkdtempSync(join(folder, "tree-")), "src");
	for (const [path, text] of Object.entries(tree)) {
		if (text === null) continue;
		mkdirSync(dirname(join(src, path)), { recursive: true });
		writeFileSync(join(src, path), text);
	}
	return await readTree(src);
}

describe("the table of modules", () => {
	test("is read by its first and its last two columns", () => {
		expect([...MODULES]).toEqual([
			["main.ts", ["cli"]],
			["cli", ["store", "kit"]],
			["store", ["npm:@lamps/rows", "kit"]],
			["kit", []],
		]);
	});

	test("has to be in the document", () => {
		expect(() => modulesIn("# Architecture\n")).toThrow("has no table of modules");
	});

	test("has to have a row for each module, and a module for each row", async () => {
		expect(await check({ "web/page.tsx": "export const page = <p>x</p>;\n" })).toEqual([
			"src/web has no row in the table of modules in docs/architecture.md",
		]);
		expect(await check({}, new Map([...MODULES, ["gui", []]]))).toEqual([
			'docs/architecture.md has a row for "gui", which is not in src',
		]);
	});

	test("allows imports of rows further down only, so that there is no circle", async () => {
		expect(await check({}, new Map([...MODULES, ["kit", ["store"]]]))).toContain(
			'docs/architecture.md: "kit" may import only modules below it, and "store" is not',
		);
		expect(await check({}, new Map([...MODULES, ["kit", ["gui"]]]))).toEqual([
			'docs/architecture.md: "kit" may import "gui", which has no row',
		]);
	});
});

test("a permission that no import uses is taken out of the table", async () => {
	expect(await check({ "cli/run.ts": `import "../store/mod.ts";\n` })).toEqual([
		'docs/architecture.md: "cli" may import "kit", and does not',
	]);
});

describe("an import", () => {
	test("that keeps to the table is not a problem", async () => {
		expect(await check({})).toEqual([]);
	});

	test.each([
		["a value", `import { run } from "../cli/run.ts";\n`],
		["a type", `import type { run } from "../cli/run.ts";\n`],
		["several lines", `import {\n\trun,\n} from "../cli/run.ts";\n`],
		["an effect", `import "../cli/run.ts";\n`],
		["later", `export const late = () => import("../cli/run.ts");\n`],
		["inside a type", `export type Late = typeof import("../cli/run.ts");\n`],
	])("of a module that the table does not allow fails: %s", async (_kind, text) => {
		expect(await check({ "store/bad.ts": text })).toEqual([
			expect.stringMatching(
				/^src\/store\/bad\.ts:[13] imports "\.\.\/cli\/run\.ts": "store" may not import "cli" \(docs\/architecture\.md\)$/,
			),
		]);
	});

	test("that stands in a comment or a text is none", async () => {
		const text = `// import "../cli/run.ts";\nexport const words = 'import "../cli/run.ts"';\n`;
		expect(await check({ "store/good.ts": text })).toEqual([]);
	});

	test("of another module's inner file fails", async () => {
		expect(await check({ "cli/bad.ts": `import "../store/open.ts";\n` })).toEqual([
			'src/cli/bad.ts:1 imports "../store/open.ts": enter "store" through its mod.ts',
		]);
		expect(await check({ "cli/bad.ts": `import "../store/0001.sql";\n` })).toEqual([
			'src/cli/bad.ts:1 imports "../store/0001.sql": enter "store" through its mod.ts',
		]);
	});

	test("of another module's ini section is for settings alone, and a section loads nothing of its module", async () => {
		const modules = modulesIn(
			TABLE.replace(
				"| `store` | tables",
				"| `settings` | the ini | | `store` |\n| `store` | tables",
			),
		);
		const section = { "store/config.ts": "export const TABLE = 1;\n" };
		const entry = `export { TABLE } from "./all.ts";\n`;
		const settings = {
			"settings/mod.ts": entry,
			"settings/all.ts": `export { TABLE } from "../store/config.ts";\n`,
		};
		expect(await check({ ...section, ...settings }, modules)).toEqual([
			'src/settings/all.ts:1 imports "../store/config.ts": it is for "store" to export',
		]);
		settings["settings/all.ts"] =
			`import { TABLE as T } from "../store/config.ts";\nexport const TABLE = T;\n`;
		expect(await check({ ...section, ...settings }, modules)).toEqual([]);
		expect(await check({ ...section, "cli/bad.ts": `import "../store/config.ts";\n` })).toEqual([
			'src/cli/bad.ts:1 imports "../store/config.ts": enter "store" through its mod.ts',
		]);
		expect(await check({ "store/config.ts": `import "./open.ts";\n` })).toEqual([
			'src/store/config.ts:1 imports "./open.ts": an ini section loads nothing of its module',
		]);
	});

	test("of the own mod.ts fails", async () => {
		expect(await check({ "store/bad.ts": `import "./mod.ts";\n` })).toEqual([
			'src/store/bad.ts:1 imports "./mod.ts": inside a module, import the file that has it',
		]);
	});

	test("of tests or scripts fails", async () => {
		expect(await check({ "store/bad.ts": `import "../../test/support/log.ts";\n` })).toEqual([
			'src/store/bad.ts:1 imports "../../test/support/log.ts": it is neither in src nor built',
		]);
	});
});

describe("a package", () => {
	test("that the table does not give the module fails, its parts and types too", async () => {
		for (const name of ["bells", "bells/loud", "@lamps/rows"]) {
			expect(await check({ "kit/bad.ts": `import type { Bell } from "${name}";\n` })).toEqual([
				`src/kit/bad.ts:1 imports "${name}": "kit" may not use that package (docs/architecture.md)`,
			]);
		}
	});

	test("that is not in the dependencies fails, but for programs of the build and what only they load", async () => {
		const text = `import "horns";\n`;
		expect(await check({ "store/bad.ts": text })).toEqual([
			'src/store/bad.ts:1 imports "horns": "horns" is not in the dependencies of package.json',
		]);
		const modules = modulesIn(TABLE.replace("`@lamps/rows`", "`@lamps/rows` `horns`"));
		const program = { "store/make-horn.ts": `import "./horn.ts";\n`, "store/horn.ts": text };
		expect(await check(program, modules)).toEqual([]);
		const loaded = { ...program, "store/bad.ts": `import "./horn.ts";\n` };
		expect(await check(loaded, modules)).toEqual([
			'src/store/horn.ts:1 imports "horns": "horns" is not in the dependencies of package.json',
		]);
	});

	test("that the module does not use is taken out of the table", async () => {
		const modules = modulesIn(TABLE.replace("`@lamps/rows`", "`@lamps/rows` `bells`"));
		expect(await check({}, modules)).toEqual([
			'docs/architecture.md: "store" may use the package "bells", and does not',
		]);
	});

	test("or a file that is required fails", async () => {
		const text = `import { x } from "./row.ts";\nexport const a = require("bells");\nexport const b = import.meta.require("./row.ts");\nexport const c = [x].map((y) => y.require);\n`;
		expect(await check({ "store/bad.ts": text })).toEqual([
			"src/store/bad.ts:2 calls require: write an import",
			"src/store/bad.ts:3 calls require: write an import",
		]);
	});
});

describe("lengths", () => {
	const LONG = `export function long(x: number) {\n${"\tx += 1;\n".repeat(69)}}\n`;
	const MANY = "export {};\n".repeat(251);

	async function lengths(tree: Record<string, string>): Promise<string[]> {
		return lengthProblems("src", await read(tree));
	}

	test("a function over 70 lines and a file over 250 fail", async () => {
		expect(await lengths({ "kit/a.ts": `// A.\n${LONG}`, "kit/b.ts": MANY })).toEqual([
			expect.stringMatching(/^src\/kit\/a\.ts:2 has a function of 71 lines, over 70: split it/),
			expect.stringMatching(/^src\/kit\/b\.ts has 251 lines, over 250: split it/),
		]);
	});

	test("as long as allowed is none", async () => {
		const tree = { "kit/a.ts": LONG.replace("\tx += 1;\n", ""), "kit/b.ts": MANY.slice(11) };
		expect(await lengths(tree)).toEqual([]);
	});

	test("are not a problem where the first comment says why", async () => {
		const tree = {
			"kit/a.ts": `// Sums. Long\n// because it is one table.\n${LONG}`,
			"kit/b.ts": `/*\n * Long because it is one table.\n */\n${MANY}`,
		};
		expect(await lengths(tree)).toEqual([]);
	});

	test("are a problem where a later comment says it, or the first one gives no reason", async () => {
		const later = `import "./b.ts";\n// Long because it is one table.\n${LONG}`;
		const empty = `// Long because\n\n${LONG}`;
		expect(await lengths({ "kit/a.ts": later, "kit/b.ts": empty })).toHaveLength(2);
	});

	test("are held by Python too", async () => {
		const src = mkdtempSync(join(folder, "python-"));
		writeFileSync(join(src, "a.py"), "x = 1\n".repeat(251));
		writeFileSync(
			join(src, "b.py"),
			`"""Long because it is one table."""\n${"x = 1\n".repeat(251)}`,
		);
		expect(lengthProblems("src", otherFiles(src, ["py"]))).toEqual([
			expect.stringMatching(/^src\/a\.py has 251 lines, over 250/),
		]);
	});
});

describe("lengths of tests", () => {
	const body = "\tx += 1;\n".repeat(71);
	const lengths = async (text: string) =>
		lengthProblems("test", await read({ "kit/a.test.ts": text }));

	test("a group of tests may be longer than a function, a test may not", async () => {
		for (const group of ["describe", "describe.each([1])", "describeHere"]) {
			expect(await lengths(`${group}("lamps", () => {\n${body}});\n`)).toEqual([]);
		}
		expect(
			await lengths(`describe("lamps", () => {\n\ttest("shine", () => {\n${body}});\n});\n`),
		).toEqual([
			expect.stringMatching(/^test\/kit\/a\.test\.ts:2 has a function of 73 lines, over 70/),
		]);
	});

	test("a file has as many lines as the longest one had, at most", async () => {
		expect(await lengths("export {};\n".repeat(604))).toEqual([]);
		expect(await lengths("export {};\n".repeat(605))).toEqual([
			expect.stringMatching(/^test\/kit\/a\.test\.ts has 605 lines, over 604/),
		]);
	});

	test("JavaScript counts as well", async () => {
		const long = lengthProblems(
			"scripts",
			await read({ "a.mjs": `const f = () => {\n${body}};\n` }),
		);
		expect(long).toEqual([expect.stringMatching(/^scripts\/a\.mjs:1 has a function of 73 lines/)]);
	});
});

describe("a mod.ts", () => {
	test("only re-exports", async () => {
		const text = `${GOOD["store/mod.ts"]}import { open } from "./open.ts";\nexport const again = open;\n`;
		expect(await check({ "store/mod.ts": text })).toEqual([
			"src/store/mod.ts:3 does more than re-export",
			"src/store/mod.ts:4 does more than re-export",
		]);
	});

	test("re-exports its own module only", async () => {
		const text = `${GOOD["store/mod.ts"]}export { VERSION } from "../kit/mod.ts";\n`;
		expect(await check({ "store/mod.ts": text })).toEqual([
			'src/store/mod.ts:3 imports "../kit/mod.ts": it is for "kit" to export',
		]);
	});

	test("is the only file that re-exports", async () => {
		expect(await check({ "store/bad.ts": `export * from "./row.ts";\n` })).toEqual([
			'src/store/bad.ts:1 imports "./row.ts": only a mod.ts re-exports',
		]);
	});
});

test("figures count lines, long functions, circles that types make too, and imports past mod.ts", async () => {
	const lines = "\tx += 1;\n".repeat(69);
	const files = await read({
		...GOOD,
		"store/open.ts": `import type { Row } from "./row.ts";\nexport const open = (): Row => "";\n`,
		"kit/long.ts": `export class Long {\n\tlong(x: number) {\n${lines}\t}\n\tshort() {}\n}\n`,
		"cli/past.ts": `import "../kit/long.ts";\n`,
	});
	expect(figuresText(files, [400]).split("\n")).toEqual([
		"files            10",
		"lines            489",
		"lines of a file  median 2, p90 74, max 400",
		"functions over 70 lines  1: kit/long.ts:2 (71)",
		"circles of modules  0",
		"circles of files  1: store/open.ts ↔ store/row.ts",
		"imports of other modules past mod.ts  1",
	]);
});
