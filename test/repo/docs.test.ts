import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { TABLE_DOCUMENTS, withTables } from "../../scripts/doc-tables.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const root = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(root, name), "utf8");
/** What people read; docs/contract also speaks of other programs' files and settings. */
const DOCS = [
	...[".", "docs", "docs/adr", "docs/guide/en", "docs/guide/zh"],
	...["examples", "test/contract", "bench"],
]
	.flatMap((folder) =>
		[...new Glob("*.md").scanSync(join(root, folder))].map((name) => join(folder, name)),
	)
	.filter((name) => name !== "CHANGELOG.md")
	.toSorted();

describe("the documentation", () => {
	test.each(TABLE_DOCUMENTS)(
		"the table of %s is what the code says (bun scripts/doc-tables.ts)",
		(document) => {
			expect(read(document)).toBe(withTables(document));
		},
	);

	test("docs/functions.md lists the modules that the built-in engine can import", () => {
		const [, listed = ""] =
			/<!-- modules: [^>]*-->\n([^<]*)<!-- end/.exec(read("docs/functions.md")) ?? [];
		expect(listed.trim().split(/\s+/)).toEqual(read("build/python/modules.txt").trim().split("\n"));
	});

	test.each([...DOCS, "docs/contract/csm.md"])("the links of %s lead somewhere", (name) => {
		const targets = [...read(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
		const inside = targets.filter((target) => !/^[a-z]+:/.test(target));
		const broken = inside.filter((target) => {
			const [file = "", anchor] = target.split("#");
			const path = file === "" ? join(root, name) : join(root, dirname(name), file);
			if (!existsSync(path)) return true;
			return anchor !== undefined && !anchorsOf(readFileSync(path, "utf8")).includes(anchor);
		});
		expect(broken).toEqual([]);
	});

	test.each(DOCS)("%s names only settings, commands and files that exist", (name) => {
		const text = read(name);
		const keys = new Set(
			INI.sections.flatMap(({ name: section, fields }) =>
				fields.map(({ key }) => `[${section}] ${key}`),
			),
		);
		for (const [, key = ""] of text.matchAll(/`(\[[a-z-]+\] [a-z-]+)`/g)) {
			expect(keys).toContain(key);
		}
		const commands = new Set(
			buildProgram(async () => SERVER_MODULES).commands.map((command) => command.name()),
		);
		for (const [, command = ""] of text.matchAll(
			/(?:`|^|\.\/|sudo )iotctl (?:-c \S+ |-d )?([a-z]+)/gm,
		)) {
			expect([name, command, commands.has(command)]).toEqual([name, command, true]);
		}
		for (const [, path = ""] of text.matchAll(/`((?:src|test|docs|scripts|bench)\/[\w./-]+)`/g)) {
			expect([path, Bun.spawnSync(["test", "-e", join(root, path)]).exitCode]).toEqual([path, 0]);
		}
		for (const [, task = ""] of text.matchAll(/npm run ([\w:]+)/g)) {
			expect(JSON.parse(read("package.json")).scripts).toHaveProperty(task);
		}
	});

	test("the README is short", () => {
		expect(read("README.md").split("\n").length).toBeLessThan(150);
	});

	test("each page of the guide is there in both languages, and links to the other", () => {
		const pages = (language: string) =>
			[...new Glob("*.md").scanSync(join(root, "docs/guide", language))].toSorted();
		expect(pages("zh")).toEqual(pages("en"));
		for (const page of pages("en")) {
			expect(read(`docs/guide/en/${page}`)).toContain(`](../zh/${page})`);
			expect(read(`docs/guide/zh/${page}`)).toContain(`](../en/${page})`);
		}
	});

	test("every dependency has a line in docs/architecture.md, and every line a dependency", () => {
		const { dependencies, devDependencies } = JSON.parse(read("package.json"));
		const used = Object.keys({ ...dependencies, ...devDependencies }).filter(
			(name) => !name.startsWith("@types/"),
		);
		const [table = ""] = (read("docs/architecture.md").split("| Dependency |")[1] ?? "").split(
			"\n\n",
		);
		const named = table
			.split("\n")
			.flatMap((line) =>
				[...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
			);
		expect(named.toSorted()).toEqual(used.toSorted());
	});
});

/** The anchors GitHub gives a document's headings. */
function anchorsOf(text: string): string[] {
	return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, "")
			.replaceAll(" ", "-"),
	);
}
