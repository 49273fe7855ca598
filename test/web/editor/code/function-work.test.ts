import { describe, expect, test } from "bun:test";
import { DOUBLE, details, refused, report, workBench } from "./support/work-bench.ts";

describe("work on a function", () => {
	test("begins a new one with the names of the wire, and creates it under its name", async () => {
		const { work, calls, saved } = workBench({ wire: ["r", "g"] });
		await work.load();
		expect(work.draft.code.value).toBe("def run(r, g):\n    return r\n");
		expect(work.draft.samples.texts).toEqual([{ text: "[1, 2]" }]);
		expect(work.draft.isDirty.value).toBe(false);
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "name" });
		work.draft.rename(" double ");
		work.draft.typed(DOUBLE);
		expect(work.draft.isDirty.value).toBe(true);
		await work.save();
		expect(calls).toEqual([["create", "double", DOUBLE, []]]);
		expect(saved).toEqual([{ fnId: 7, name: "double" }]);
		expect(work.draft.isDirty.value).toBe(false);
		expect([work.isFor(undefined), work.isFor(7), work.isFor(8)]).toEqual([true, true, false]);
		work.draft.typed(`${DOUBLE}#`);
		await work.save();
		expect(calls[1]).toEqual(["save", 7, `${DOUBLE}#`, [], 10]);
	});

	test("keeps a name that is taken at its place", async () => {
		const { work } = workBench({ server: { create: async () => refused(409, "exists") } });
		await work.load();
		work.draft.rename("double");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "taken" });
		expect(work.draft.isDirty.value).toBe(true);
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
		work.draft.typed("mine");
		await work.save();
		expect(work.draft.conflict.value).toEqual(newest);
		expect(work.draft.code.value).toBe("mine");
		await work.keepMine();
		expect(work.draft.conflict.value).toBeUndefined();
		expect(bases).toEqual([10, 12]);
	});

	test("takes the newer version on demand, and lets the draft go", async () => {
		let now = details();
		const { work, drafts, pass } = workBench({
			fnId: 7,
			server: { details: async () => ({ ok: true, body: now }) },
		});
		await work.load();
		work.draft.typed("mine");
		await pass();
		now = details({ code: "theirs", fnvt_idx: 12 });
		await work.takeTheirs();
		expect([work.draft.code.value, work.draft.isDirty.value]).toEqual(["theirs", false]);
		expect(drafts.of("7")).toBeUndefined();
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
		work.draft.typed("x");
		answers.resolve();
		await trying;
		expect(work.draft.samples.rows.value[0]?.tried).toBeUndefined();
		await work.try();
		expect(work.draft.samples.rows.value[0]?.tried?.result).toBe(2);
		work.draft.typed("y");
		expect(work.draft.samples.rows.value[0]?.tried).toBeUndefined();
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
		const [row] = work.draft.samples.rows.value;
		const id = row?.id ?? 0;
		work.draft.samples.pin(id);
		expect(work.draft.samples.pinned).toEqual([]);
		work.draft.samples.edit(id, "4");
		await work.try();
		work.draft.samples.pin(id);
		const pinned = [{ stage: "idf", sample: 4, expected: 8 }];
		expect(work.draft.samples.pinned as unknown).toEqual(pinned);
		expect(work.draft.isDirty.value).toBe(true);
		factor = 3;
		work.draft.typed("tripled");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "rows", rows: [1] });
		expect(calls).toEqual([]);
		work.draft.samples.pin(id);
		await work.save();
		expect(calls).toEqual([["save", 7, "tripled", [{ ...pinned[0], expected: 12 }], 10]]);
		work.draft.samples.expect(id, "warm");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "rows", rows: [1] });
		work.draft.samples.unpin(id);
		expect(work.draft.samples.pinned).toEqual([]);
	});

	test.each([
		["what was there is saved, and what is typed meanwhile stays a draft", 2, [DOUBLE], undefined],
		["what was there is refused when its row does not hold", 3, [], { kind: "rows", rows: [1] }],
	] as const)("while its rows are tried: %s", async (_what, factor, savedCodes, trouble) => {
		const pinned = [{ stage: "idf" as const, sample: 4, expected: 8 }];
		const { promise: moment, resolve: goOn } = Promise.withResolvers<void>();
		const { work, calls } = workBench({
			fnId: 7,
			server: {
				details: async () => ({ ok: true, body: details({ code: "old", pinned }) }),
				try: async (_code, _stage, samples) => {
					await moment;
					return { ok: true, body: report(samples, (one) => Number(one) * factor) };
				},
			},
		});
		await work.load();
		work.draft.typed(DOUBLE);
		const saving = work.save();
		work.draft.typed("def run(x1):");
		goOn();
		await saving;
		expect(calls.map(([, , code]) => code)).toEqual([...savedCodes]);
		expect(work.trouble.value).toEqual(trouble);
		expect([work.draft.code.value, work.draft.isDirty.value]).toEqual(["def run(x1):", true]);
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
		work.draft.typed("x");
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
		work.draft.typed("x");
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

	test("that was deleted meanwhile keeps the text, and saving again creates it again", async () => {
		const { work, calls, saved } = workBench({
			fnId: 7,
			server: {
				save: async () => refused(404, "not found"),
				create: async (...sent) => {
					calls.push(["create", ...sent]);
					return { ok: true, body: { fn_id: 8, fnvt_idx: 20 } };
				},
				details: async (fnId) =>
					fnId === 7 ? { ok: true, body: details() } : refused(0, "unreachable"),
			},
		});
		await work.load();
		work.draft.typed("mine");
		await work.save();
		expect(work.trouble.value).toEqual({ kind: "gone" });
		await work.save();
		expect(calls).toEqual([["create", "double", "mine", []]]);
		expect(saved).toEqual([{ fnId: 8, name: "double" }]);
		// The details could not be read: what was sent is known.
		expect(work.draft.saved.value).toMatchObject({ fn_id: 8, fnvt_idx: 20, code: "mine" });
		expect([work.isFor(8), work.draft.isDirty.value]).toEqual([true, false]);
	});

	test("of another's function changes nothing, but it can be tried", async () => {
		const { work, calls, drafts, pass } = workBench({
			fnId: 7,
			server: { details: async () => ({ ok: true, body: details({ may_change: false }) }) },
		});
		await work.load();
		await work.try();
		expect(work.draft.samples.rows.value[0]?.tried?.result).toEqual([1]);
		work.draft.samples.edit(work.draft.samples.rows.value[0]?.id ?? 0, "[2]");
		await pass();
		await work.save();
		expect([calls, drafts.of("7")]).toEqual([[], undefined]);
	});

	test("falls back to the browser's check where the server has none", async () => {
		const { work, pass } = workBench({ server: { check: async () => refused(503) } });
		work.browserCheck = () => [
			{ line: 1, column: 1, severity: "error", text_id: "syntax_here", args: {} },
		];
		await work.load();
		work.draft.typed("def");
		await pass();
		expect(work.trial.bench.value).toBe("off");
		expect(work.findings.value).toHaveLength(1);
	});
});
