// A function's work with a server that answers by hand, a browser's storage, and time that passes by hand.
import { type DraftStorage, Drafts } from "../../../../../src/web/editor/code/drafts.ts";
import { FunctionWork } from "../../../../../src/web/editor/code/function-work.ts";
import type {
	FunctionDetails,
	FunctionServer,
	Stage,
	TryReport,
} from "../../../../../src/web/editor/code/functions-server.ts";
import type { Refusal } from "../../../../../src/web/editor/server/ask.ts";

export const refused = (status: number, reason = "", details = {}): Refusal => ({
	ok: false,
	status,
	reason,
	details,
});

export const DOUBLE = "def run(x1):\n    return x1 * 2\n";

export function details(change: Partial<FunctionDetails> = {}): FunctionDetails {
	const ann = { u_id: 1, u_name: "ann" };
	const version = { fnvt_idx: 10, date: "2026-01-02T03:04:05.000Z", by: ann };
	return {
		...{ fn_id: 7, fn_name: "double", is_protect: false, owner: ann, may_change: true },
		...{ code: DOUBLE, fnvt_idx: 10, pinned: [], versions: [version] },
		...change,
	};
}

/** A browser's storage. @param maxChars It has room for of one item. */
export function memoryStorage(maxChars = Number.POSITIVE_INFINITY): DraftStorage {
	const items = new Map<string, string>();
	return {
		get length() {
			return items.size;
		},
		key: (at) => [...items.keys()][at] ?? null,
		getItem: (key) => items.get(key) ?? null,
		removeItem: (key) => {
			items.delete(key);
		},
		setItem: (key, value) => {
			if (value.length > maxChars) throw new Error("QuotaExceededError");
			items.set(key, value);
		},
	};
}

/** What a function gives: its result for a sample, as the workbench would tell. */
export function report(samples: readonly unknown[], run: (sample: unknown) => unknown): TryReport {
	const tried = (result: unknown) => ({ result, error: null, printed: "", ms: 1 });
	return {
		loading: { error: null, printed: "", ms: 1 },
		samples: samples.map((sample) => tried(run(sample))),
	};
}

export interface WorkBenchOptions {
	readonly fnId?: number;
	readonly stage?: Stage;
	readonly wire?: readonly string[];
	readonly storage?: DraftStorage;
	readonly server?: Partial<FunctionServer>;
}

export function workBench(options: WorkBenchOptions = {}) {
	const { fnId, stage = "idf", wire = [], storage = memoryStorage() } = options;
	const calls: (readonly [string, ...unknown[]])[] = [];
	const saved: { readonly fnId: number; readonly name: string }[] = [];
	const timers = new Set<() => void>();
	const server: FunctionServer = {
		list: async () => ({ ok: true, body: { functions: [] } }),
		details: async () => ({ ok: true, body: details() }),
		uses: async () => refused(404),
		version: async () => refused(404),
		create: async (...sent) => {
			calls.push(["create", ...sent]);
			return { ok: true, body: { fn_id: 7, fnvt_idx: 10 } };
		},
		save: async (...sent) => {
			calls.push(["save", ...sent]);
			return { ok: true, body: { fn_id: 7, fnvt_idx: 11 } };
		},
		remove: async () => refused(404),
		check: async () => ({ ok: true, body: { findings: [] } }),
		try: async (_code, _stage, samples) => ({ ok: true, body: report(samples, (one) => one) }),
		completions: async () => refused(503),
		...options.server,
	};
	const clock = {
		now: () => 1_000_000,
		after: (_ms: number, run: () => void) => {
			timers.add(run);
			return () => timers.delete(run);
		},
	};
	const drafts = new Drafts(storage, 1);
	const work = new FunctionWork({
		...{ server, drafts, clock, fnId, stage, wire },
		onSaved: (one) => saved.push(one),
	});
	return {
		work,
		calls,
		saved,
		storage,
		drafts,
		/** Lets all timers strike. */
		pass: async () => {
			const due = [...timers];
			timers.clear();
			for (const run of due) run();
			await new Promise(setImmediate);
		},
	};
}
