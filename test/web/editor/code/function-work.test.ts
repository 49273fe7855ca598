import { describe, expect, test } from "bun:test";
import { DOUBLE, details, refused, report, workBench } from "./support/work-bench.ts";

describe("work on a function", () => {
	test("begins a new one with the names of the wire, and creates it under its name", async () => {
		const { work, calls, saved } = workBench({ wire: ["r", "g"] });
		await work.load();
		expect(work.code.value).toBe("def run(r, g):\n    return r\n");
		expect(work.samples.texts).toEqual([{ text: "[1, 2]" }]);
		expect(work.isDirty.value).toBe(false);
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "name" });
		work.rename(" double ");
		work.typed(DOUBLE);
		expect(work.isDirty.value).toBe(true);
		await work.save();
		expect(calls).toEqual([["create", "double", DOUBLE, []]]);
		expect(saved).toEqual([{ fnId: 7, name: "double" }]);
		expect(work.isDirty.value).toBe(false);
		expect([work.isFor(undefined), work.isFor(7), work.isFor(8)]).toEqual([true, true, false]);
		work.typed(`${DOUBLE}#`);
		await work.save();
		expect(calls[1]).toEqual(["save", 7, `${DOUBLE}#`, [], 10]);
	});

	test("keeps a name that is taken at its place", async () => {
		const { work } = workBench({ server: { create: async () => refused(409, "exists") } });
		await work.load();
		work.rename("double");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "taken" });
		expect(work.isDirty.value).toBe(true);
	});

	test("says why a function was not there, and can be asked again", async () => {
		let isThere = false;
		const { work } = workBench({
			fnId: 7,
			server: {
				details: async () => (isThere ? { ok: true, body: details() } : refused(404, "not found")),
			},
		});
		await work.load();
		expect(work.state.value).toMatchObject({ status: 404 });
		isThere = true;
		await work.load();
		expect(work.state.value).toBe("ready");
	});

	test("keeps a draft over a reload, until it is saved", async () => {
		const first = workBench({ fnId: 7 });
		await first.work.load();
		first.work.typed("def run(x1): return 3");
		first.work.samples.edit(first.work.samples.rows.value[0]?.id ?? 0, "[5]");
		await first.pass();
		const { storage } = first;
		const second = workBench({ fnId: 7, storage });
		await second.work.load();
		expect(second.work.code.value).toBe("def run(x1): return 3");
		expect(second.work.samples.texts).toEqual([{ text: "[5]" }]);
		expect(second.work.foundDraft.value).toBe(1_000_000);
		expect(second.work.conflict.value).toBeUndefined();
		await second.work.save();
		expect(second.drafts.of("7")).toBeUndefined();
		expect(second.work.foundDraft.value).toBeUndefined();
	});

	test("keeps what was typed last when the page ends", async () => {
		const { work, drafts } = workBench({ fnId: 7 });
		await work.load();
		work.typed("x");
		expect(drafts.of("7")).toBeUndefined();
		work.end();
		expect(drafts.of("7")).toMatchObject({ code: "x", base: 10 });
	});

	test("lets a draft go that says the same as the server again", async () => {
		const { work, drafts, pass } = workBench({ fnId: 7 });
		await work.load();
		work.typed("x");
		await pass();
		work.typed(DOUBLE);
		await pass();
		expect(drafts.of("7")).toBeUndefined();
		work.typed("y");
		await pass();
		work.discard();
		expect([work.code.value, work.replaced.value]).toEqual([DOUBLE, DOUBLE]);
		expect(drafts.of("7")).toBeUndefined();
	});

	test("tells of a newer version with both texts, and saves over it on demand only", async () => {
		const newest = { fnvt_idx: 12, date: "2026-01-02T04:00:00Z", by: null, code: "theirs" };
		const bases: unknown[] = [];
		const { work } = workBench({
			fnId: 7,
			server: {
				save: async (_fnId, _code, _pinned, base) => {
					bases.push(base);
					return base === 12
						? { ok: true, body: { fn_id: 7, fnvt_idx: 13 } }
						: refused(409, "newer", { newest });
				},
			},
		});
		await work.load();
		work.typed("mine");
		await work.save();
		expect(work.conflict.value).toEqual(newest);
		expect(work.code.value).toBe("mine");
		await work.keepMine();
		expect(work.conflict.value).toBeUndefined();
		expect(bases).toEqual([10, 12]);
	});

	test("takes the newer version on demand, and lets the draft go", async () => {
		let now = details();
		const { work, drafts, pass } = workBench({
			fnId: 7,
			server: { details: async () => ({ ok: true, body: now }) },
		});
		await work.load();
		work.typed("mine");
		await pass();
		now = details({ code: "theirs", fnvt_idx: 12 });
		await work.takeTheirs();
		expect([work.code.value, work.isDirty.value]).toEqual(["theirs", false]);
		expect(drafts.of("7")).toBeUndefined();
	});

	test("tells of a newer version when a draft of an older one is found", async () => {
		const first = workBench({ fnId: 7 });
		await first.work.load();
		first.work.typed("mine");
		first.work.end();
		const now = details({ code: "theirs", fnvt_idx: 12 });
		const second = workBench({
			fnId: 7,
			storage: first.storage,
			server: { details: async () => ({ ok: true, body: now }) },
		});
		await second.work.load();
		expect(second.work.code.value).toBe("mine");
		expect(second.work.conflict.value).toMatchObject({ fnvt_idx: 12, code: "theirs" });
	});

	test("shows only results of the source as it is now", async () => {
		const answers = Promise.withResolvers<void>();
		const { work } = workBench({
			fnId: 7,
			server: {
				try: async (_code, _stage, samples) => {
					await answers.promise;
					return { ok: true, body: report(samples, () => 2) };
				},
			},
		});
		await work.load();
		const trying = work.try();
		work.typed("x");
		answers.resolve();
		await trying;
		expect(work.samples.rows.value[0]?.tried).toBeUndefined();
		await work.try();
		expect(work.samples.rows.value[0]?.tried?.result).toBe(2);
		work.typed("y");
		expect(work.samples.rows.value[0]?.tried).toBeUndefined();
	});

	test("is not saved while a pinned row gives something else", async () => {
		let factor = 2;
		const { work, calls } = workBench({
			fnId: 7,
			server: {
				try: async (_code, _stage, samples) => ({
					ok: true,
					body: report(samples, (one) => Number(one) * factor),
				}),
			},
		});
		await work.load();
		const [row] = work.samples.rows.value;
		const id = row?.id ?? 0;
		work.samples.pin(id);
		expect(work.samples.pinned).toEqual([]);
		work.samples.edit(id, "4");
		await work.try();
		work.samples.pin(id);
		const pinned = [{ stage: "idf", sample: 4, expected: 8 }];
		expect(work.samples.pinned as unknown).toEqual(pinned);
		expect(work.isDirty.value).toBe(true);
		factor = 3;
		work.typed("tripled");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "rows", rows: [1] });
		expect(calls).toEqual([]);
		work.samples.pin(id);
		await work.save();
		expect(calls).toEqual([["save", 7, "tripled", [{ ...pinned[0], expected: 12 }], 10]]);
		work.samples.expect(id, "warm");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "rows", rows: [1] });
		work.samples.unpin(id);
		expect(work.samples.pinned).toEqual([]);
	});

	test("is saved unchecked where the workbench is off, whose rows it keeps", async () => {
		const pinned = [{ stage: "idf" as const, sample: [1], expected: 2 }];
		const { work, calls } = workBench({
			fnId: 7,
			server: {
				details: async () => ({ ok: true, body: details({ pinned }) }),
				try: async () => refused(503),
			},
		});
		await work.load();
		await work.try();
		expect(work.trial.bench.value).toBe("off");
		expect(work.trouble.value).toBeUndefined();
		work.typed("x");
		await work.save();
		expect(calls).toEqual([["save", 7, "x", pinned, 10]]);
	});

	test("tells a server that is busy from one that cannot be reached, and keeps the draft", async () => {
		let status = 429;
		const { work, drafts, pass } = workBench({
			fnId: 7,
			server: { save: async () => refused(status), try: async () => refused(status) },
		});
		await work.load();
		work.typed("x");
		await pass();
		await work.try();
		expect(work.trouble.value).toEqual({ kind: "busy" });
		status = 0;
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "unreachable" });
		expect(drafts.of("7")?.code).toBe("x");
		status = 400;
		await work.save();
		expect(work.trouble.value?.kind).toBe("refused");
	});

	test("of another's function changes nothing, but it can be tried", async () => {
		const { work, calls, drafts, pass } = workBench({
			fnId: 7,
			server: { details: async () => ({ ok: true, body: details({ may_change: false }) }) },
		});
		await work.load();
		await work.try();
		expect(work.samples.rows.value[0]?.tried?.result).toEqual([1]);
		work.samples.edit(work.samples.rows.value[0]?.id ?? 0, "[2]");
		await pass();
		await work.save();
		expect([calls, drafts.of("7")]).toEqual([[], undefined]);
	});

	test("takes values of the wire in place of rows that are not pinned", async () => {
		const pinned = [{ stage: "idf" as const, sample: [9], expected: 9 }];
		const { work } = workBench({
			fnId: 7,
			server: { details: async () => ({ ok: true, body: details({ pinned }) }) },
		});
		await work.load();
		work.samples.add();
		work.samples.useSamples([
			[1, "a"],
			[2, null],
		]);
		expect(work.samples.texts.map(({ text }) => text)).toEqual(["[9]", '[1, "a"]', "[2, null]"]);
		work.samples.useSamples(Array.from({ length: 30 }, (_, i) => [i]));
		expect(work.samples.texts).toHaveLength(20);
		expect(work.samples.texts.at(-1)).toEqual({ text: "[29]" });
		work.samples.add();
		expect(work.samples.texts).toHaveLength(20);
	});

	test("falls back to the browser's check where the server has none", async () => {
		const { work, pass } = workBench({ server: { check: async () => refused(503) } });
		work.browserCheck = () => [
			{ line: 1, column: 1, severity: "error", text_id: "syntax_here", args: {} },
		];
		await work.load();
		work.typed("def");
		await pass();
		expect(work.trial.bench.value).toBe("off");
		expect(work.findings.value).toHaveLength(1);
	});
});
