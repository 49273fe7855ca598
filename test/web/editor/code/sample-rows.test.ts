import { describe, expect, test } from "bun:test";
import { SampleRows } from "../../../../src/web/editor/code/sample-rows.ts";

const PINNED = { text: "[9]", expected: "9", stage: "odf" as const };

function rowsWith(texts: Parameters<SampleRows["take"]>[0]) {
	let edits = 0;
	const samples = new SampleRows({
		stage: "idf",
		wire: ["x1"],
		onEdit: () => {
			edits += 1;
		},
	});
	samples.take(texts);
	const idOf = (number: number) => samples.rows.value[number - 1]?.id ?? 0;
	return { samples, idOf, edits: () => edits };
}

describe("rows of samples", () => {
	test("are an example at first, which is not an edit", () => {
		const { samples, edits } = rowsWith([]);
		expect(samples.texts).toEqual([{ text: "[1]" }]);
		expect(edits()).toBe(0);
		samples.add();
		expect([samples.texts.length, edits()]).toEqual([2, 1]);
	});

	test("that are not pinned are replaced by values of the wire, twenty in all", () => {
		const { samples } = rowsWith([PINNED, { text: "[1]" }]);
		samples.useSamples([
			[1, "a"],
			[2, null],
		]);
		expect(samples.texts.map(({ text }) => text)).toEqual(["[9]", '[1, "a"]', "[2, null]"]);
		samples.useSamples(Array.from({ length: 30 }, (_, i) => [i]));
		expect(samples.texts).toHaveLength(20);
		expect(samples.texts.at(-1)).toEqual({ text: "[29]" });
		samples.add();
		expect(samples.texts).toHaveLength(20);
	});

	test("are tried for the stage they were pinned for, but for those that cannot be read", () => {
		const { samples } = rowsWith([PINNED, { text: "[1]" }, { text: "warm" }]);
		const byStage = [...samples.byStage()].map(([stage, rows]) => [stage, rows.length]);
		expect(byStage).toEqual([
			["odf", 1],
			["idf", 1],
		]);
	});

	test("take results only while they are as they were", () => {
		const { samples, idOf } = rowsWith([{ text: "[1]" }, { text: "[2]" }]);
		const rows = samples.rows.value;
		samples.edit(idOf(1), "[3]");
		const tried = { result: 5, error: null, printed: "", ms: 1 };
		samples.note(rows, [tried, tried]);
		expect(samples.rows.value.map((row) => row.tried?.result)).toEqual([undefined, 5]);
	});

	test("are named by number where they are pinned and cannot be read", () => {
		const { samples, idOf } = rowsWith([{ text: "[1]" }, PINNED]);
		expect(samples.unreadable).toEqual([]);
		samples.expect(idOf(2), "cold");
		expect(samples.unreadable).toEqual([2]);
		samples.remove(idOf(2));
		expect([samples.hasPinned, samples.unreadable]).toEqual([false, []]);
	});
});
