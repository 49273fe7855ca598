import { signal } from "@preact/signals";
import type { Refusal } from "../server/ask.ts";
import { type CheckOutcome, CheckSchedule } from "./check-schedule.ts";
import { FunctionDraft, type FunctionDraftOptions } from "./function-draft.ts";
import {
	type CompletionList,
	type Finding,
	type FunctionServer,
	newestIn,
	type Pinned,
} from "./functions-server.ts";
import { Trial, type TrialOutcome } from "./trial.ts";

/** What keeps a function from being saved, or from being tried. */
export type Trouble =
	/** Numbers of pinned rows that do not hold, or cannot be read. */
	| { readonly kind: "rows"; readonly rows: readonly number[] }
	| { readonly kind: "name" | "taken" | "gone" | "unreachable" | "busy" }
	/** In the server's words. */
	| { readonly kind: "refused"; readonly reason: string };

export interface FunctionWorkOptions
	extends Pick<FunctionDraftOptions, "drafts" | "clock" | "fnId" | "stage" | "wire"> {
	readonly server: FunctionServer;
	readonly onSaved: (saved: { readonly fnId: number; readonly name: string }) => void;
}

/** One function while it is written: the draft, what is wrong with it, what it gave, and how it is saved. */
export class FunctionWork {
	readonly #options: FunctionWorkOptions;
	readonly #schedule: CheckSchedule;
	#isEnded = false;

	readonly state = signal<"loading" | "ready" | Refusal>("loading");
	readonly draft: FunctionDraft;
	readonly trial: Trial;
	/** Undefined: not checked yet as it is now. */
	readonly findings = signal<readonly Finding[] | undefined>(undefined);
	readonly completions = signal<CompletionList | undefined>(undefined);
	readonly isSaving = signal(false);
	readonly trouble = signal<Trouble | undefined>(undefined);
	/** What the browser finds, for when the server cannot check. */
	browserCheck: () => readonly Finding[] = () => [];

	constructor(options: FunctionWorkOptions) {
		const { server, drafts, clock, fnId, stage, wire } = options;
		this.#options = options;
		this.draft = new FunctionDraft({
			...{ drafts, clock, fnId, stage, wire },
			onEdit: () => {
				this.trouble.value = undefined;
			},
			onSource: (code) => this.#otherSource(code),
		});
		this.trial = new Trial(server, this.draft.samples);
		this.#schedule = new CheckSchedule({
			check: server.check,
			hear: (outcome) => this.#hear(outcome),
			after: clock.after,
		});
	}

	/** Whether it is about that function; a new one has its id once it is saved. */
	isFor(fnId: number | undefined): boolean {
		return fnId === this.#options.fnId || (fnId !== undefined && fnId === this.draft.fnId);
	}

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
		this.draft.take(answer?.body);
		this.state.value = "ready";
	}

	/** Calls the function with all rows. */
	async try(): Promise<void> {
		const { isTrying, bench } = this.trial;
		if (isTrying.value || bench.value === "forbidden") return;
		const { samples } = this.draft;
		if (samples.rows.value.length === 0) samples.add();
		const { refusal } = await this.#tried();
		if (refusal !== undefined) this.trouble.value = troubleOf(refusal);
	}

	/** Saves it as it is now as a new version, when the pinned rows hold; what is typed meanwhile stays a draft. */
	async save(): Promise<void> {
		const { saved, name, isReadOnly } = this.draft;
		if (this.isSaving.value || isReadOnly.value) return;
		if (saved.value === undefined && name.value.trim() === "") {
			this.trouble.value = { kind: "name" };
			return;
		}
		const { code, samples } = this.draft;
		const sent = { name: name.value.trim(), code: code.value, pinned: samples.pinned };
		this.isSaving.value = true;
		this.trouble.value = await this.#broken();
		if (this.trouble.value === undefined) await this.#send(sent);
		this.isSaving.value = false;
	}

	/** Lets the draft go: the function is again as the server has it. */
	discard(): void {
		this.draft.discard();
		this.trouble.value = undefined;
	}

	/** Saves what was typed, over the newer version. */
	async keepMine(): Promise<void> {
		const newest = this.draft.conflict.value;
		if (newest === undefined) return;
		this.draft.overrule(newest);
		await this.save();
	}

	/** Takes the newer version; what was typed is let go. */
	async takeTheirs(): Promise<void> {
		const saved = this.draft.saved.value;
		if (saved === undefined) return;
		const answer = await this.#options.server.details(saved.fn_id);
		if (answer.ok) this.draft.discard(answer.body);
		this.trouble.value = answer.ok ? undefined : troubleOf(answer);
	}

	end(): void {
		this.draft.end();
		this.#isEnded = true;
		this.#schedule.end();
	}

	#otherSource(code: string): void {
		this.findings.value = undefined;
		this.trial.forgetResults();
		this.#schedule.typed(code);
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

	/** Tries all rows. */
	#tried(): Promise<TrialOutcome> {
		const { code } = this.draft;
		const tried = code.value;
		return this.trial.run(tried, () => tried === code.value);
	}

	/** What speaks against saving: pinned rows that do not hold. Without a workbench they are not known to. */
	async #broken(): Promise<Trouble | undefined> {
		const { trial } = this;
		const { samples } = this.draft;
		if (!samples.hasPinned) return undefined;
		if (samples.unreadable.length > 0) return { kind: "rows", rows: samples.unreadable };
		if (trial.isTrying.value) return { kind: "busy" };
		if (trial.bench.value !== "on") return undefined;
		const { refusal, differing: rows } = await this.#tried();
		if (refusal !== undefined) return troubleOf(refusal);
		return rows.length > 0 ? { kind: "rows", rows } : undefined;
	}

	async #send({ name, code, pinned }: Sent): Promise<void> {
		const { server, onSaved } = this.#options;
		const { draft } = this;
		const known = draft.saved.value;
		const answer =
			known === undefined
				? await server.create(name, code, pinned)
				: await server.save(known.fn_id, code, pinned, draft.base);
		if (!answer.ok) {
			this.#refused(answer);
			return;
		}
		const told = await server.details(answer.body.fn_id);
		const sent = { ...answer.body, code, pinned };
		draft.follow(told.ok ? told.body : { ...(known ?? ownCalled(name)), ...sent }, code);
		onSaved({ fnId: answer.body.fn_id, name });
	}

	#refused(refusal: Refusal): void {
		const newest = newestIn(refusal.details);
		const isSaved = this.draft.saved.value !== undefined;
		if (newest !== undefined && isSaved) this.draft.conflict.value = newest;
		else if (refusal.status === 409) this.trouble.value = { kind: "taken" };
		else if (refusal.status === 404 && isSaved) {
			this.draft.orphan();
			this.trouble.value = { kind: "gone" };
		} else this.trouble.value = troubleOf(refusal);
	}
}

/** What is saved. */
interface Sent {
	readonly name: string;
	readonly code: string;
	readonly pinned: readonly Pinned[];
}

/** What is known of a function that was just made, when the server does not say more. */
function ownCalled(fn_name: string) {
	return { fn_name, is_protect: false, owner: null, may_change: true, versions: [] };
}

function troubleOf({ status, reason }: Refusal): Trouble {
	if (status === 0) return { kind: "unreachable" };
	return status === 429 ? { kind: "busy" } : { kind: "refused", reason };
}
