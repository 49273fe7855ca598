import { type Signal, signal } from "@preact/signals";
import type {
	Change,
	InvitationView,
	PresenceView,
	ProgressView,
	ProjectDocument,
} from "../../../../src/contract/mod.ts";
import type {
	Changed,
	Contact,
	Failure,
	May,
	OpenProject,
	WireValue,
} from "../../../../src/web/editor/project/open-project.ts";
import type { Answer } from "../../../../src/web/editor/server/ask.ts";

/** A project whose signals a test sets, and which notes what is asked of it. */
export class OpenProjectOfTest implements OpenProject {
	readonly pId = 1;
	readonly document: Signal<ProjectDocument | undefined>;
	readonly may = signal<May>("own");
	readonly contact = signal<Contact>({ state: "live" });
	readonly people = signal([]);
	readonly invitations = signal<ReadonlyMap<number, InvitationView>>(new Map());
	readonly log = signal([]);
	readonly logBegins = signal(undefined);
	readonly canUndo = signal(true);
	readonly canRedo = signal(false);
	readonly asked: (readonly Change[] | "undo")[] = [];
	answer: Answer<Changed> = { ok: true, body: { rev: 2, changes: [], inverse: [] } };
	readonly #signals = new Map<string, Signal>();

	constructor(document: ProjectDocument) {
		this.document = signal(document);
	}

	presenceOf = (macAddr: string) => this.#signal<PresenceView | undefined>(`presence ${macAddr}`);
	linkOf = (naId: number, dfoId: number) =>
		this.#signal<ProgressView | undefined>(`link ${naId} ${dfoId}`);
	joinOf = (naId: number) => this.#signal<ProgressView | undefined>(`join ${naId}`);
	valueOf = (naId: number, dfoId: number | null) =>
		this.#signal<WireValue | undefined>(`value ${naId} ${dfoId}`);
	failureOf = (naId: number, dfoId: number | null) =>
		this.#signal<Failure | undefined>(`failure ${naId} ${dfoId}`);
	nameOf = () => undefined;
	onSamples = () => () => {};
	change = (changes: readonly Change[]) => this.#note(changes);
	undo = () => this.#note("undo");
	redo = () => this.#note("undo");
	close = () => {};

	/** As if a wire carried a value now. */
	carry(naId: number, dfoId: number, value: string, numbers: readonly number[] = []): void {
		this.valueOf(naId, dfoId).value = { value, numbers, at: 0 };
	}

	fail(
		naId: number,
		dfoId: number | null,
		stage: "idf" | "odf",
		reason: string,
		seats: readonly number[] = [],
	): void {
		const at = { at: 0, count: 1, seats };
		this.failureOf(naId, dfoId).value = { na_id: naId, dfo_id: dfoId, stage, reason, ...at };
	}

	async #note(what: readonly Change[] | "undo"): Promise<Answer<Changed>> {
		this.asked.push(what);
		return this.answer;
	}

	#signal<T>(key: string): Signal<T | undefined> {
		const known = this.#signals.get(key) as Signal<T | undefined> | undefined;
		const one = known ?? signal<T | undefined>(undefined);
		this.#signals.set(key, one as Signal);
		return one;
	}
}
