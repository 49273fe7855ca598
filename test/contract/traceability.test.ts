import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

const TEST = join(import.meta.dir, "..");
const CONTRACT = readFileSync(join(TEST, "../docs/contract/csm.md"), "utf8");
/** Of the tables in README.md, by the head of the first column. */
const ROWS = rowsOf(readFileSync(join(import.meta.dir, "README.md"), "utf8"));

describe("README.md", () => {
	test("names tests that exist", () => {
		const sources = [...new Glob("**/*.test.ts").scanSync(TEST)]
			.map((file) => readFileSync(join(TEST, file), "utf8"))
			.join("\n");
		const cells = [...ROWS.values()].flat().map(({ heldBy }) => heldBy);
		const named = cells.flatMap((cell) => [...cell.matchAll(/"([^"]+)"/g)].map(([, name]) => name));
		expect(named.length).toBeGreaterThan(100);
		expect(named.filter((name) => !sources.includes(`"${name}"`))).toEqual([]);
	});

	test("has a row for every section of the contract that decides something, and for no other", () => {
		const lines = ROWS.get("Line") ?? [];
		const named = lines.flatMap(({ line }) =>
			[...line.matchAll(/§(\d+(?:\.\d+)*)/g)].map(([, section = ""]) => section),
		);
		expect([...new Set(named)].toSorted()).toEqual(sectionsThatDecide().toSorted());
	});

	test.each(["11", "12"])("has a row for every number of §%s", (section) => {
		const rows = ROWS.get(`§${section} row`) ?? [];
		const numbers = textOf(section).matchAll(/^(?:\| )?(\d+)(?:\.| \|) /gm);
		const inContract = [...numbers].map(([, number]) => Number(number));
		expect(inContract.length).toBeGreaterThan(10);
		expect(rows.flatMap(({ line }) => numbersOf(line)).toSorted((a, b) => a - b)).toEqual(
			inContract,
		);
	});
});

interface Row {
	readonly line: string;
	readonly heldBy: string;
}

function rowsOf(markdown: string): Map<string, Row[]> {
	const tables = new Map<string, Row[]>();
	let rows: Row[] = [];
	for (const text of markdown.split("\n")) {
		const [, line, heldBy] = /^\| (.*?) \| (.*) \|$/.exec(text) ?? [];
		if (line === undefined || heldBy === undefined) continue;
		if (heldBy !== "Held by") {
			rows.push({ line, heldBy });
			continue;
		}
		rows = [];
		tables.set(line, rows);
	}
	return tables;
}

/** Sections with a decision of ours in a line of theirs; what is above the first is how decisions are made. */
function sectionsThatDecide(): string[] {
	const [, ...sections] = CONTRACT.split(/^#{2,} (?=\d)/m);
	return sections
		.filter((text) => text.includes("**[do]**"))
		.map((text) => /^\d+(?:\.\d+)*/.exec(text)?.[0] ?? "");
}

/** Without its heading. */
function textOf(section: string): string {
	const found = CONTRACT.split(/^## /m).find((text) => text.startsWith(`${section}. `)) ?? "";
	return found.slice(found.indexOf("\n") + 1);
}

/** `1, 3 scalars`: 1 and 3; `12 to 14 fields`: 12, 13 and 14. */
function numbersOf(line: string): number[] {
	const [, first = "", last = first] = /^(\d+) to (\d+)/.exec(line) ?? [];
	if (first === "") return (/^\d+(?:, \d+)*/.exec(line)?.[0] ?? "").split(", ").map(Number);
	return Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => Number(first) + n);
}
