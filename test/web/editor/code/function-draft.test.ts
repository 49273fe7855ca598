import { describe, expect, test } from "bun:test";
import { DOUBLE, details, workBench } from "./support/work-bench.ts";

describe("the draft of a function", () => {
	test("keeps a draft over a reload, until it is saved", async () => {
		const first = workBench({ fnId: 7 });
		await first.work.load();
		first.work.draft.typed("def run(x1): return 3");
		first.work.draft.samples.edit(first.work.draft.samples.rows.value[0]?.id ?? 0, "[5]");
		await first.pass();
		const { storage } = first;
		const second = workBench({ fnId: 7, storage });
		await second.work.load();
		expect(second.work.draft.code.value).toBe("def run(x1): return 3");
		expect(second.work.draft.samples.texts).toEqual([{ text: "[5]" }]);
		expect(second.work.draft.foundAt.value).toBe(1_000_000);
		expect(second.work.draft.conflict.value).toBeUndefined();
		await second.work.save();
		expect(second.drafts.of("7")).toBeUndefined();
		expect(second.work.draft.foundAt.value).toBeUndefined();
	});

	test("keeps what was typed last when the page ends", async () => {
		const { work, drafts } = workBench({ fnId: 7 });
		await work.load();
		work.draft.typed("x");
		expect(drafts.of("7")).toBeUndefined();
		work.end();
		expect(drafts.of("7")).toMatchObject({ code: "x", base: 10 });
	});

	test("lets a draft go that says the same as the server again", async () => {
		const { work, drafts, pass } = workBench({ fnId: 7 });
		await work.load();
		work.draft.typed("x");
		await pass();
		work.draft.typed(DOUBLE);
		await pass();
		expect(drafts.of("7")).toBeUndefined();
		work.draft.typed("y");
		await pass();
		work.discard();
		expect([work.draft.code.value, work.draft.replaced.value]).toEqual([DOUBLE, DOUBLE]);
		expect(drafts.of("7")).toBeUndefined();
	});

	test("tells of a newer version when a draft of an older one is found", async () => {
		const first = workBench({ fnId: 7 });
		await first.work.load();
		first.work.draft.typed("mine");
		first.work.end();
		const now = details({ code: "theirs", fnvt_idx: 12 });
		const second = workBench({
			fnId: 7,
			storage: first.storage,
			server: { details: async () => ({ ok: true, body: now }) },
		});
		await second.work.load();
		expect(second.work.draft.code.value).toBe("mine");
		expect(second.work.draft.conflict.value).toMatchObject({ fnvt_idx: 12, code: "theirs" });
	});
});
