import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

test("every test named in README.md exists", () => {
	const root = join(import.meta.dir, "..");
	const sources = [...new Glob("**/*.test.ts").scanSync(root)]
		.map((file) => readFileSync(join(root, file), "utf8"))
		.join("\n");
	const table = readFileSync(join(import.meta.dir, "README.md"), "utf8");
	const rows = table.split("\n").filter((line) => line.startsWith("|"));
	const named = rows.flatMap((row) => [...row.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name));
	expect(named.length).toBeGreaterThan(100);
	expect(named.filter((name) => !sources.includes(`"${name}"`))).toEqual([]);
});
