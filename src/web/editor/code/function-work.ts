import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Refusal } from "../server/ask.ts";
import { type CheckOutcome, CheckSchedule } from "./check-schedule.ts";
import { DraftKeeper } from "./draft-keeper.ts";
import type { Draft, Drafts, RowText } from "./drafts.ts";
import {
	type CompletionList,
	type Finding,
	type FunctionDetails,
	type FunctionServer,
	type NewestVersion,
	newestIn,
	type Stage,
} from "./functions-server.ts";
import { SampleRows } from "./sample-rows.ts";
import { Trial } from "./trial.ts";
import { isSameValue, rowsOf, templateOf } from "./try-rows.ts";

/** What keeps a function from being saved, or from being tried. */
export type Trouble =
	/** Numbers of pinned rows that do not hold, or cannot be read. */
	| { readonly kind: "rows"; readonly rows: readonly number[] }
	| { readonly kind: "name" | "taken" | "unreachable" | "busy" }
	/** In the server's words. */
	| { readonly kind: "refused"; readonly reason: string };

export interface FunctionWorkOptions {
	readonly server: FunctionServer;
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
	readonly onSaved: (saved: { readonly fnId: number; readonly name: string }) => void;
}

interface Begin {
	readonly name: string;
	readonly code: string;
}

/** One function while it is written: what was typed, what is wrong with it, what it gave, what the server has. */
export class FunctionWork {
	readonly #options: FunctionWorkOptions;
	readonly #schedule: CheckSchedule;
	readonly #keeper: DraftKeeper;
	/** The version the draft began from. */
	#base: number | null = null;
	#isEnded = false;

	readonly state = signal<"loading" | "ready" | Refusal>("loading");
	/** As the server has it; undefined: not saved yet. */
	readonly saved = signal<FunctionDetails | undefined>(undefined);
	readonly name = signal("");
	readonly code = signal("");
	/** The code that was set by other means than typing, for the editor to take over. */
	readonly replaced = signal("");
	readonly samples: SampleRows;
	readonly trial: Trial;
	/** Undefined: not checked yet as it is now. */
	readonly findings = signal<readonly Finding[] | undefined>(undefined);
	readonly completions = signal<CompletionList | undefined>(undefined);
	readonly isSaving = signal(false);
	readonly trouble = signal<Trouble | undefined>(undefined);
	/** A newer version than the draft began from. */
	readonly conflict = signal<NewestVersion | undefined>(undefined);
	/** When the draft was kept that was found. */
	readonly foundDraft = signal<number | undefined>(undefined);
	/** What a new function begins from. */
	readonly #begin: Begin;

	/** Whether it may not be changed by this person. */
	readonly isReadOnly = computed(() => this.saved.value?.may_change === false);
	readonly isDirty = computed(() => {
		const saved = this.saved.value;
		if (saved === undefined) {
			return this.code.value !== this.#begin.code || this.name.value !== this.#begin.name;
		}
		return this.code.value !== saved.code || !isSameValue(this.samples.pinned, saved.pinned);
	});

	constructor(options: FunctionWorkOptions) {
		const { server, drafts, clock, stage, wire } = options;
		this.#options = options;
		this.#begin = { name: "", code: templateOf(wire) };
		this.samples = new SampleRows({ stage, wire, onEdit: () => this.#edited() });
		this.trial = new Trial(server, this.samples);
		this.#schedule = new CheckSchedule({
			check: server.check,
			hear: (outcome) => this.#hear(outcome),
			after: clock.after,
		});
		this.#keeper = new DraftKeeper({
			drafts,
			key: () => String(this.#fnId ?? "new"),
			after: clock.after,
			draft: () => this.#draft(),
		});
	}

	/** Whether this browser keeps the draft. */
	get isKept(): ReadonlySignal<boolean> {
		return this.#keeper.isKept;
	}

	/** Whether it is about that function; a new one has its id once it is saved. */
	isFor(fnId: number | undefined): boolean {
		return fnId === this.#options.fnId || (fnId !== undefined && fnId === this.saved.peek()?.fn_id);
	}

	/** Takes what the browser finds where the server cannot check. */
	browserCheck: () => readonly Finding[] = () => [];

	get wire(): readonly string[] {
		return this.#options.wire;
	}

	/** Asks the server for the function, and takes up a draft of it. */
	async load(): Promise<void> {
		const { server, fnId } = this.#options;
		this.state.value = "loading";
		void this.#loadCompletions();
		const answer = fnId === undefined ? undefined : await server.details(fnId);
		if (this.#isEnded) return;
		if (answer?.ok === false) {
			this.state.value = answer;
			return;
		}
		const details = answer?.body;
		if (details === undefined) this.#take(this.#begin, []);
		else this.#takeSaved(details);
		const draft = this.#keeper.found;
		if (draft !== undefined && !this.isReadOnly.value) this.#takeDraft(draft, details);
		this.state.value = "ready";
	}

	/** Takes what was typed. */
	typed(code: string): void {
		if (code === this.code.value) return;
		this.code.value = code;
		this.#forgetResults();
		this.#schedule.typed(code);
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

	/** Calls the function with all rows. */
	async try(): Promise<void> {
		if (this.trial.isTrying.value || this.trial.bench.value === "forbidden") return;
		if (this.samples.rows.value.length === 0) this.samples.add();
		const trouble = await this.#tried();
		if (trouble !== undefined) this.trouble.value = trouble;
	}

	/** Saves it as a new version, when the pinned rows hold. */
	async save(): Promise<void> {
		if (this.isSaving.value || this.isReadOnly.value) return;
		if (this.saved.value === undefined && this.name.value.trim() === "") {
			this.trouble.value = { kind: "name" };
			return;
		}
		this.isSaving.value = true;
		this.trouble.value = await this.#broken();
		if (this.trouble.value === undefined) await this.#send();
		this.isSaving.value = false;
	}

	/** Lets the draft go: the function is again as the server has it. */
	discard(): void {
		this.#keeper.drop();
		this.foundDraft.value = undefined;
		this.conflict.value = undefined;
		this.trouble.value = undefined;
		const saved = this.saved.value;
		if (saved === undefined) this.#take(this.#begin, []);
		else this.#takeSaved(saved);
	}

	/** Saves what was typed, over the newer version. */
	async keepMine(): Promise<void> {
		const newest = this.conflict.value;
		if (newest === undefined) return;
		this.conflict.value = undefined;
		this.#base = newest.fnvt_idx;
		await this.save();
	}

	/** Takes the newer version; what was typed is let go. */
	async takeTheirs(): Promise<void> {
		const saved = this.saved.value;
		if (saved === undefined) return;
		const answer = await this.#options.server.details(saved.fn_id);
		if (!answer.ok) {
			this.trouble.value = troubleOf(answer);
			return;
		}
		this.saved.value = answer.body;
		this.discard();
	}

	/** Keeps the draft at once, for when the page ends. */
	flush(): void {
		this.#keeper.flush();
	}

	end(): void {
		this.flush();
		this.#isEnded = true;
		this.#schedule.end();
	}

	get #fnId(): number | undefined {
		return this.#options.fnId ?? this.saved.peek()?.fn_id;
	}

	#take({ name, code }: Begin, rows: readonly RowText[]): void {
		this.name.value = name;
		this.code.value = code;
		this.replaced.value = code;
		this.samples.take(rows);
		this.#forgetResults();
		this.#schedule.typed(code);
	}

	#takeSaved(details: FunctionDetails): void {
		this.saved.value = details;
		this.#base = details.fnvt_idx;
		this.#take({ name: details.fn_name, code: details.code }, rowsOf(details.pinned));
	}

	#takeDraft(draft: Draft, details: FunctionDetails | undefined): void {
		this.#take({ name: details?.fn_name ?? draft.name, code: draft.code }, draft.rows);
		if (!this.isDirty.value) {
			this.#keeper.drop();
			return;
		}
		this.foundDraft.value = draft.at;
		if (details === undefined || draft.base === details.fnvt_idx) return;
		this.#base = draft.base;
		const { fnvt_idx, code, versions } = details;
		const newest = versions.find((version) => version.fnvt_idx === fnvt_idx);
		this.conflict.value = { fnvt_idx, code, date: newest?.date ?? "", by: newest?.by ?? null };
	}

	#edited(): void {
		this.trouble.value = undefined;
		if (!this.isReadOnly.value && !this.#isEnded) this.#keeper.keepSoon();
	}

	#draft(): Draft | undefined {
		if (!this.isDirty.value) return undefined;
		const [name, code, base] = [this.name.value, this.code.value, this.#base];
		return { name, code, base, rows: this.samples.texts, at: this.#options.clock.now() };
	}

	#forgetResults(): void {
		this.findings.value = undefined;
		this.trial.forgetResults();
	}

	async #loadCompletions(): Promise<void> {
		const answer = await this.#options.server.completions();
		if (answer.ok) this.completions.value = answer.body;
	}

	#hear(outcome: CheckOutcome): void {
		const { bench } = this.trial;
		this.findings.value = outcome.state === "checked" ? outcome.findings : this.browserCheck();
		if (bench.value === "forbidden" || outcome.state === "unknown") return;
		bench.value = outcome.state === "off" ? "off" : "on";
	}

	/** Tries all rows. @returns why it could not. */
	async #tried(): Promise<Trouble | undefined> {
		const code = this.code.value;
		const refusal = await this.trial.run(code, () => code === this.code.value);
		return refusal && troubleOf(refusal);
	}

	/** What speaks against saving: pinned rows that do not hold. Without a workbench they are not known to. */
	async #broken(): Promise<Trouble | undefined> {
		const { samples, trial } = this;
		if (!samples.hasPinned) return undefined;
		if (samples.unreadable.length > 0) return { kind: "rows", rows: samples.unreadable };
		if (trial.isTrying.value) return { kind: "busy" };
		const trouble = trial.bench.value === "on" ? await this.#tried() : undefined;
		if (trouble !== undefined) return trouble;
		const rows = samples.differing;
		return rows.length > 0 ? { kind: "rows", rows } : undefined;
	}

	async #send(): Promise<void> {
		const { server, onSaved } = this.#options;
		const [name, code, pinned] = [this.name.value.trim(), this.code.value, this.samples.pinned];
		const known = this.saved.value;
		const answer =
			known === undefined
				? await server.create(name, code, pinned)
				: await server.save(known.fn_id, code, pinned, this.#base ?? undefined);
		if (!answer.ok) {
			this.#refused(answer);
			return;
		}
		this.#keeper.drop();
		this.foundDraft.value = undefined;
		this.#base = answer.body.fnvt_idx;
		const details = await server.details(answer.body.fn_id);
		const sent = { ...answer.body, code, pinned };
		this.saved.value = details.ok ? details.body : { ...(known ?? ownCalled(name)), ...sent };
		// What was typed while it was being saved is a draft of the new version.
		if (this.code.value !== code) this.#keeper.keepSoon();
		onSaved({ fnId: answer.body.fn_id, name });
	}

	#refused(refusal: Refusal): void {
		const newest = newestIn(refusal.details);
		if (newest !== undefined && this.saved.value !== undefined) this.conflict.value = newest;
		else if (refusal.status === 409) this.trouble.value = { kind: "taken" };
		else this.trouble.value = troubleOf(refusal);
	}
}

/** What is known of a function that was just made, when the server does not say more. */
function ownCalled(fn_name: string) {
	return { fn_name, is_protect: false, owner: null, may_change: true, versions: [] };
}

function troubleOf({ status, reason }: Refusal): Trouble {
	if (status === 0) return { kind: "unreachable" };
	return status === 429 ? { kind: "busy" } : { kind: "refused", reason };
}
