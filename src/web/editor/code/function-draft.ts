import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { DraftKeeper } from "./draft-keeper.ts";
import type { Draft, Drafts, RowText } from "./drafts.ts";
import type { FunctionDetails, NewestVersion, Stage } from "./functions-server.ts";
import { SampleRows } from "./sample-rows.ts";
import { isSameValue, rowsOf, templateOf } from "./try-rows.ts";

export interface FunctionDraftOptions {
	readonly drafts: Drafts;
	readonly clock: {
		/** Milliseconds since 1970. */
		now(): number;
		after(ms: number, run: () => void): () => void;
	};
	/** Undefined: a new one. */
	readonly fnId: number | undefined;
	readonly stage: Stage;
	/** Names of the values of the wire; empty where there is no wire. */
	readonly wire: readonly string[];
	/** Hears that anything was edited. */
	readonly onEdit: () => void;
	/** Hears another source, typed or not. */
	readonly onSource: (code: string) => void;
}

interface Begin {
	readonly name: string;
	readonly code: string;
}

/** A function as it is being written, beside what the server has; kept in the browser until it is saved. */
export class FunctionDraft {
	readonly #options: FunctionDraftOptions;
	readonly #keeper: DraftKeeper;
	/** What a new function begins from. */
	readonly #begin: Begin;
	/** The version the draft began from. */
	#base: number | undefined;
	#isEnded = false;

	/** As the server has it; undefined: not saved yet. */
	readonly saved = signal<FunctionDetails | undefined>(undefined);
	readonly name = signal("");
	readonly code = signal("");
	/** The code that was set by other means than typing, for the editor to take over. */
	readonly replaced = signal("");
	readonly samples: SampleRows;
	/** A newer version than the draft began from. */
	readonly conflict = signal<NewestVersion | undefined>(undefined);
	/** When the draft was kept that was found. */
	readonly foundAt = signal<number | undefined>(undefined);

	/** Whether it may not be changed by this person. */
	readonly isReadOnly = computed(() => this.saved.value?.may_change === false);
	readonly isDirty = computed(() => {
		const saved = this.saved.value;
		if (saved === undefined) {
			return this.code.value !== this.#begin.code || this.name.value !== this.#begin.name;
		}
		return this.code.value !== saved.code || !isSameValue(this.samples.pinned, saved.pinned);
	});

	constructor(options: FunctionDraftOptions) {
		const { drafts, clock, stage, wire } = options;
		this.#options = options;
		this.#begin = { name: "", code: templateOf(wire) };
		this.samples = new SampleRows({ stage, wire, onEdit: () => this.#edited() });
		this.#keeper = new DraftKeeper({
			drafts,
			key: () => String(this.fnId ?? "new"),
			after: clock.after,
			draft: () => this.#draft(),
		});
	}

	/** Undefined: a new one. */
	get fnId(): number | undefined {
		return this.saved.peek()?.fn_id ?? this.#options.fnId;
	}

	/** The version it is saved over. */
	get base(): number | undefined {
		return this.#base;
	}

	/** Whether this browser keeps it. */
	get isKept(): ReadonlySignal<boolean> {
		return this.#keeper.isKept;
	}

	/** Begins with what the server has, or from the start, and takes up what was kept. */
	take(details: FunctionDetails | undefined): void {
		this.#reset(details);
		const kept = this.#keeper.found;
		if (kept !== undefined && !this.isReadOnly.value) this.#takeKept(kept, details);
	}

	/** Takes what was typed. */
	typed(code: string): void {
		if (code === this.code.value) return;
		this.code.value = code;
		this.#options.onSource(code);
		this.#edited();
	}

	/** Sets another source, such as that of an older version; a draft until it is saved. */
	replace(code: string): void {
		this.replaced.value = code;
		this.typed(code);
	}

	rename(name: string): void {
		this.name.value = name;
		this.#edited();
	}

	/** The function is again as the server has it, which may be news. */
	discard(details = this.saved.value): void {
		this.#keeper.drop();
		this.#reset(details);
	}

	/** It was saved with this source; what was typed meanwhile is a draft of the new version. */
	follow(details: FunctionDetails, code: string): void {
		this.#keeper.drop();
		this.foundAt.value = undefined;
		this.#base = details.fnvt_idx;
		this.saved.value = details;
		if (this.code.value !== code) this.#keeper.keepSoon();
	}

	/** Its next save is over the newer version. */
	overrule({ fnvt_idx }: NewestVersion): void {
		this.conflict.value = undefined;
		this.#base = fnvt_idx;
	}

	/** The server has it no more: it is a new one under its name. */
	orphan(): void {
		this.saved.value = undefined;
		this.#base = undefined;
	}

	/** Keeps it at once, for when the page ends. */
	flush(): void {
		this.#keeper.flush();
	}

	end(): void {
		this.flush();
		this.#isEnded = true;
	}

	#reset(details: FunctionDetails | undefined): void {
		this.saved.value = details;
		this.#base = details?.fnvt_idx;
		this.foundAt.value = undefined;
		this.conflict.value = undefined;
		const begin = details && { name: details.fn_name, code: details.code };
		this.#show(begin ?? this.#begin, rowsOf(details?.pinned ?? []));
	}

	#show({ name, code }: Begin, rows: readonly RowText[]): void {
		this.name.value = name;
		this.code.value = code;
		this.replaced.value = code;
		this.samples.take(rows);
		this.#options.onSource(code);
	}

	#takeKept(kept: Draft, details: FunctionDetails | undefined): void {
		this.#show({ name: details?.fn_name ?? kept.name, code: kept.code }, kept.rows);
		if (!this.isDirty.value) {
			this.#keeper.drop();
			return;
		}
		this.foundAt.value = kept.at;
		if (details === undefined || kept.base === details.fnvt_idx) return;
		this.#base = kept.base ?? undefined;
		const { fnvt_idx, code, versions } = details;
		const newest = versions.find((version) => version.fnvt_idx === fnvt_idx);
		this.conflict.value = { fnvt_idx, code, date: newest?.date ?? "", by: newest?.by ?? null };
	}

	#edited(): void {
		this.#options.onEdit();
		if (!this.isReadOnly.value && !this.#isEnded) this.#keeper.keepSoon();
	}

	#draft(): Draft | undefined {
		if (!this.isDirty.value) return undefined;
		const [name, code, base] = [this.name.value, this.code.value, this.#base ?? null];
		return { name, code, base, rows: this.samples.texts, at: this.#options.clock.now() };
	}
}
