import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { copyTexts } from "../../scripts/packed-texts.ts";

test("relative links of packed texts lead to packed files", () => {
	const folder = mkdtempSync(join(tmpdir(), "texts-"));
	try {
		copyTexts(join(import.meta.dir, "../.."), folder);
		const names = [...new Glob("**/*.md").scanSync(folder)];
		const broken = names.flatMap((name) =>
			[...readFileSync(join(folder, name), "utf8").matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)]
				.map(([, target = ""]) => target)
				.filter((target) => !/^[a-z]+:/.test(target))
				.filter((target) => !existsSync(join(folder, dirname(name), target)))
				.map((target) => `${name}: ${target}`),
		);
		expect(broken).toEqual([]);
		expect(names).toContain("README.md");
		expect(existsSync(join(folder, "examples/browser/mqtt.min.js"))).toBe(true);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
