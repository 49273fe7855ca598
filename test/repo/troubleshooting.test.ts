// docs/troubleshooting.md is looked up by what people see: the texts it quotes have to be the program's.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../..");
const sources = [...new Glob("src/**/*.{ts,tsx,py}").scanSync(ROOT)]
	.map((file) => readFileSync(join(ROOT, file), "utf8"))
	.join("\n");
/** Texts of others that people see anyway. */
const NOT_OURS = ["ModuleNotFoundError"];

describe("docs/troubleshooting.md", () => {
	const rows = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8")
		.split("\n")
		.filter((line) => line.startsWith("| ") && !line.startsWith("| You see"));
	// What is seen is in the first column; a vertical line inside a cell is written \|.
	const seen = rows.flatMap((row) => [...(row.split(/(?<!\\)\|/)[1] ?? "").matchAll(/`([^`]+)`/g)]);
	const texts = seen
		.map(([, text = ""]) => text)
		.filter((text) => text.length > 8 && !/^(iotctl |https?:|\/)/.test(text));

	test.each(texts.filter((text) => !NOT_OURS.includes(text)))("the program says: %s", (text) => {
		// … stands for what differs from case to case.
		const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
		expect(sources).toMatch(new RegExp(parts.join("[^\\n]{1,100}")));
	});

	test("every row says what to type or do", () => {
		const short = rows.filter((row) => (row.split(/(?<!\\)\|/)[3] ?? "").trim().length < 8);
		expect(short).toEqual([]);
		expect(texts.length).toBeGreaterThan(15);
	});
});
