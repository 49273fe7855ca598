import { expect, test } from "bun:test";
import { SampleRows } from "../../../../src/web/editor/code/sample-rows.ts";
import { Trial } from "../../../../src/web/editor/code/trial.ts";
import { refused, report } from "./support/work-bench.ts";

function rowsOf(...texts: { readonly text: string; readonly expected?: string }[]): SampleRows {
	const samples = new SampleRows({ stage: "idf", wire: [], onEdit: () => {} });
	samples.take(texts.map((row) => ({ ...row, ...(row.expected && { stage: "idf" as const }) })));
	return samples;
}

const DOUBLING = {
	try: async (_code: string, _stage: string, samples: readonly unknown[]) =>
		({ ok: true, body: report(samples, (one) => Number(one) * 2) }) as const,
};

test("a trial says which pinned rows give something else, also when its source is another by then", async () => {
	const rows = [{ text: "1" }, { text: "2", expected: "4" }, { text: "3", expected: "5" }];
	for (const isCurrent of [true, false]) {
		const samples = rowsOf(...rows);
		const trial = new Trial(DOUBLING, samples);
		expect(await trial.run("x", () => isCurrent)).toEqual({ differing: [3] });
		const shown = samples.rows.value.map(({ tried }) => tried?.result);
		expect(shown).toEqual(isCurrent ? [2, 4, 6] : [undefined, undefined, undefined]);
	}
});

test.each([
	[403, "forbidden", undefined],
	[503, "off", undefined],
	[429, "on", 429],
] as const)("one that is answered %d leaves the workbench %s", async (status, bench, refusal) => {
	const trial = new Trial({ try: async () => refused(status) }, rowsOf({ text: "1" }));
	const outcome = await trial.run("x", () => true);
	expect([outcome.refusal?.status, outcome.differing]).toEqual([refusal, []]);
	expect([trial.bench.value, trial.isTrying.value]).toEqual([bench, false]);
});
