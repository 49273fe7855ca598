import { expect, test } from "bun:test";
import { DraftKeeper } from "../../../../src/web/editor/code/draft-keeper.ts";
import { type Draft, Drafts } from "../../../../src/web/editor/code/drafts.ts";
import { memoryStorage } from "./support/work-bench.ts";

test("a draft is kept after a pause or at the end, and dropped when there is nothing to keep", () => {
	const drafts = new Drafts(memoryStorage(), 1);
	let draft: Draft | undefined;
	let timer: (() => void) | undefined;
	const keeper = new DraftKeeper({
		drafts,
		key: () => "7",
		after: (_ms, run) => {
			timer = run;
			return () => {
				timer = undefined;
			};
		},
		draft: () => draft,
	});
	draft = { name: "f", code: "one", base: null, rows: [], at: 1 };
	keeper.keepSoon();
	expect(keeper.found).toBeUndefined();
	timer?.();
	expect(keeper.found?.code).toBe("one");
	draft = { ...draft, code: "two" };
	keeper.flush();
	expect(keeper.found?.code).toBe("one");
	keeper.keepSoon();
	keeper.flush();
	expect([keeper.found?.code, timer]).toEqual(["two", undefined]);
	draft = undefined;
	keeper.keepSoon();
	timer?.();
	expect(keeper.found).toBeUndefined();
});

test("a browser that stores nothing says so", () => {
	const draft = { name: "f", code: "one", base: null, rows: [], at: 1 };
	const drafts = new Drafts(undefined, 1);
	const keeper = new DraftKeeper({
		...{ drafts, key: () => "7", draft: () => draft },
		after: (_ms, run) => {
			run();
			return () => {};
		},
	});
	keeper.keepSoon();
	expect(keeper.isKept.value).toBe(false);
	keeper.drop();
	expect(keeper.isKept.value).toBe(true);
});
