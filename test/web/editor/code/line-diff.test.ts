import { describe, expect, test } from "bun:test";
import { diffLines, withoutSame } from "../../../../src/web/editor/code/line-diff.ts";

const told = (before: string, after: string) =>
	diffLines(before, after).map(
		({ kind, text }) => `${{ same: " ", old: "-", new: "+" }[kind]}${text}`,
	);

describe("the difference of two sources", () => {
	test("keeps what is in both", () => {
		expect(told("a\nb\nc", "a\nx\nc")).toEqual([" a", "-b", "+x", " c"]);
		expect(told("a\nb", "a\nb")).toEqual([" a", " b"]);
		expect(told("", "a\nb")).toEqual(["+a", "+b"]);
		expect(told("a\nb", "")).toEqual(["-a", "-b"]);
		expect(told("", "")).toEqual([]);
	});

	test("is the shortest one", () => {
		expect(told("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc")).toHaveLength(9);
	});

	test("numbers the lines of both", () => {
		expect(diffLines("a\nb", "x\na\nb")).toEqual([
			{ kind: "new", text: "x", newLine: 1 },
			{ kind: "same", text: "a", oldLine: 1, newLine: 2 },
			{ kind: "same", text: "b", oldLine: 2, newLine: 3 },
		]);
	});

	test("does not mind how lines end", () => {
		expect(told("a\r\nb", "a\nb")).toEqual([" a", " b"]);
	});

	test("gives both texts back, whatever changed", () => {
		let seed = 7;
		const random = (below: number) => {
			seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
			return seed % below;
		};
		for (let round = 0; round < 200; round++) {
			const before = Array.from({ length: random(20) }, () => String(random(4)));
			const after = before.flatMap(
				(line) => [[line], [], [line, String(random(4))], [String(random(4))]][random(4)] ?? [],
			);
			const lines = diffLines(before.join("\n"), after.join("\n"));
			expect(lines.filter(({ kind }) => kind !== "new").map(({ text }) => text)).toEqual(before);
			expect(lines.filter(({ kind }) => kind !== "old").map(({ text }) => text)).toEqual(after);
		}
	});

	test("of texts that have nothing in common is told without searching", () => {
		const lines = (letter: string) => Array.from({ length: 5000 }, (_, i) => letter + i).join("\n");
		expect(diffLines(lines("a"), lines("b"))).toHaveLength(10_000);
	});

	test("shows three lines around each change", () => {
		const before = Array.from({ length: 20 }, (_, i) => `line ${i}`).join("\n");
		const shown = withoutSame(diffLines(before, before.replace("line 9\n", "")));
		expect(shown[0]).toEqual({ kind: "gap", lines: 6, before: 0 });
		expect(shown.at(-1)).toEqual({ kind: "gap", lines: 7, before: 13 });
		expect(shown).toHaveLength(9);
	});
});
