import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withTables } from "../scripts/readme-tables.ts";
import { buildProgram } from "../src/cli/program.ts";
import { sections } from "../src/config/config.ts";

const root = join(import.meta.dir, "..");
const read = (name: string) => readFileSync(join(root, name), "utf8");
const DOCS = [
	"README.md",
	"docs/operations.md",
	"docs/functions.md",
	"docs/protocol.md",
	"docs/security.md",
];

describe("the documentation", () => {
	test("the README's tables are what the code says (bun scripts/readme-tables.ts)", () => {
		expect(read("README.md")).toBe(withTables(read("README.md")));
	});

	test.each(DOCS)("%s names only settings, commands and files that exist", (name) => {
		const text = read(name);
		const keys = new Set(
			sections().flatMap(({ name: section, fields }) =>
				fields.map(({ key }) => `[${section}] ${key}`),
			),
		);
		for (const [, key = ""] of text.matchAll(/`(\[[a-z-]+\] [a-z-]+)`/g)) {
			expect(keys).toContain(key);
		}
		const commands = new Set(buildProgram().commands.map((command) => command.name()));
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

	test("every dependency has a line in the README, and every line a dependency", () => {
		const { dependencies, devDependencies } = JSON.parse(read("package.json"));
		const used = Object.keys({ ...dependencies, ...devDependencies }).filter(
			(name) => !name.startsWith("@types/"),
		);
		const table = read("README.md").split("| Dependency |")[1] ?? "";
		const named = table
			.split("\n")
			.flatMap((line) =>
				[...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
			);
		expect(named.toSorted()).toEqual(used.toSorted());
	});
});
