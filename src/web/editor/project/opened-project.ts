import { batch, signal } from "@preact/signals";
import type {
	Change,
	InvitationView,
	OwnStepsView,
	PersonView,
	ProjectDocument,
	ProjectEvents,
	ProjectParts,
} from "../../../contract/mod.ts";
import type { Answer } from "../server/ask.ts";
import { Connection } from "./connection.ts";
import type { ProjectDeps } from "./deps.ts";
import type { StreamEvent } from "./event-parser.ts";
import { PartNames } from "./names.ts";
import type { Changed, Contact, LogBegin, LogEntry, May, OpenProject } from "./open-project.ts";
import { withParts } from "./parts.ts";
import { placeFailure } from "./place-failure.ts";
import { Progress } from "./progress.ts";
import { WireValues } from "./wire-values.ts";

const MAX_LOG = 200;
/** Requests for a document that has not come with its change. */
const MAX_TRIES = 3;
/** Pause after a request for one's rights that failed. */
const AGAIN_MS = 2000;

type ChangedAnswer = Changed & OwnStepsView & { readonly parts: ProjectParts };
type ProjectAnswer = OwnStepsView & { readonly project: ProjectDocument; readonly may: May };

/** Opens a project: follows what the server tells of it until it is closed. */
export function openProject(pId: number, deps: ProjectDeps): OpenProject {
	return new OpenedProject(pId, deps);
}

class OpenedProject implements OpenProject {
	readonly pId: number;
	readonly document = signal<ProjectDocument | undefined>(undefined);
	readonly may = signal<May>("look");
	readonly contact = signal<Contact>({ state: "loading" });
	readonly people = signal<readonly PersonView[]>([]);
	readonly log = signal<readonly LogEntry[]>([]);
	readonly logBegins = signal<LogBegin | undefined>(undefined);
	readonly invitations = signal<ReadonlyMap<number, InvitationView>>(new Map());
	readonly canUndo = signal(false);
	readonly canRedo = signal(false);
	readonly #path: string;
	readonly #deps: ProjectDeps;
	readonly #connection: Connection;
	readonly #values: WireValues;
	readonly #progress = new Progress();
	readonly #names = new PartNames();
	/** The revision that told last what the reader can take back: answers and events overtake each other. */
	#stepsRev = 0;
	/** One request after another, so that each is made on what the one before has left. */
	#queue: Promise<unknown> = Promise.resolve();
	#cancelLookUp: () => void = () => {};

	constructor(pId: number, deps: ProjectDeps) {
		this.pId = pId;
		this.#path = `api/v1/projects/${pId}`;
		this.#deps = deps;
		this.#values = new WireValues(deps.clock);
		this.#connection = new Connection(this.#path, deps, {
			onEvent: (event) => batch(() => this.#take(event)),
			onContact: (contact) => {
				this.contact.value = contact;
			},
			onOpened: () => void this.#begun(),
		});
		this.#connection.start();
	}

	presenceOf: OpenProject["presenceOf"] = (macAddr) => this.#progress.presenceOf(macAddr);
	linkOf: OpenProject["linkOf"] = (naId, dfoId) => this.#progress.linkOf(naId, dfoId);
	joinOf: OpenProject["joinOf"] = (naId) => this.#progress.joinOf(naId);
	valueOf: OpenProject["valueOf"] = (naId, dfoId) => this.#values.valueOf(naId, dfoId);
	failureOf: OpenProject["failureOf"] = (naId, dfoId) => this.#values.failureOf(naId, dfoId);
	nameOf: OpenProject["nameOf"] = (kind, id) => this.#names.of(kind, id);
	onSamples: OpenProject["onSamples"] = (naId, hear) => this.#values.onSamples(naId, hear);

	change: OpenProject["change"] = (changes) =>
		this.#send("changes", () => ({ base_rev: this.#rev, changes }));

	undo: OpenProject["undo"] = (skips) => this.#step("undo", skips);

	redo: OpenProject["redo"] = (skips) => this.#step("redo", skips);

	close = (): void => {
		this.#connection.close();
		this.#cancelLookUp();
	};

	async #step(name: "undo" | "redo", skip = false): Promise<Answer<Changed>> {
		const answer = await this.#send(name, () => (skip ? { skip } : {}));
		if (!answer.ok && answer.status === 409) void this.#lookUp();
		return answer;
	}

	#send(name: "changes" | "undo" | "redo", bodyOf: () => object): Promise<Answer<Changed>> {
		const sent = this.#queue.then(async () => {
			const path = `${this.#path}/${name}`;
			const answer = await this.#deps.ask<ChangedAnswer>("POST", path, bodyOf());
			if (!answer.ok) return answer;
			const { rev, parts } = answer.body;
			batch(() => {
				this.#steps(rev, answer.body);
				this.#follow(rev, parts);
			});
			await this.#upTo(rev);
			return answer;
		});
		this.#queue = sent.catch(() => undefined);
		return sent;
	}

	#take({ name, data }: StreamEvent): void {
		const event = { name, data: JSON.parse(data) } as Told;
		switch (event.name) {
			case "project": {
				const { document, presence, links, values, people } = event.data;
				const isNew = this.contact.peek().state !== "live";
				this.logBegins.value ??= { rev: document.rev, at: this.#deps.clock.date() };
				// Of a server that was restored it may be an older one.
				if (isNew) this.#stepsRev = 0;
				if (isNew || document.rev >= this.#rev) this.#replace(document);
				this.people.value = people;
				this.#progress.begin(presence, links);
				if (isNew) {
					this.#values.begin(values);
					this.invitations.value = new Map();
				}
				return;
			}
			case "changes":
				this.#changed(event.data);
				return;
			case "presence":
				this.#progress.takePresence(event.data);
				return;
			case "links":
				this.#progress.takeLinks(event.data);
				return;
			case "values":
				this.#values.take(event.data);
				return;
			case "errors": {
				const document = this.document.peek();
				const placed = event.data.map((failure) => placeFailure(failure, document));
				for (const failure of this.#values.fail(placed)) {
					this.#note({ by: undefined, changes: [], failure });
				}
				return;
			}
			case "people":
				this.people.value = event.data;
				return;
			case "invitation":
				this.invitations.value = new Map(this.invitations.peek()).set(event.data.do_id, event.data);
		}
	}

	#changed({ rev, by, changes, parts, steps }: ProjectEvents["changes"]): void {
		this.#note({ by, changes });
		if (changes.some(changesFunctions)) this.#values.forgetFailures();
		this.#follow(rev, parts);
		// Also made elsewhere, such as in another tab.
		if (by.u_id === this.#deps.reader()) this.#steps(rev, steps);
	}

	#note(entry: Omit<LogEntry, "at">): void {
		const at = this.#deps.clock.date();
		this.log.value = [...this.log.peek().slice(1 - MAX_LOG), { at, ...entry }];
	}

	#follow(rev: number, parts: ProjectParts): void {
		const before = this.document.peek();
		if (before === undefined || before.rev >= rev) return;
		if (before.rev === rev - 1) this.#replace(withParts(before, rev, parts));
		else void this.#upTo(rev);
	}

	#replace(document: ProjectDocument): void {
		this.document.value = document;
		this.#names.note(document);
		this.#values.keep(document);
		this.#progress.keep(document);
		if (document.status === "off") this.#values.forgetFailures();
	}

	/** Asks for the document until it has that revision, or cannot be had; a restored server may never have it. */
	async #upTo(rev: number): Promise<void> {
		for (let tries = 0; tries < MAX_TRIES && this.#rev < rev; tries++) {
			if (!(await this.#lookUp())) return;
		}
	}

	/** @returns whether the server has answered. */
	async #lookUp(): Promise<boolean> {
		const answer = await this.#deps.ask<ProjectAnswer>("GET", this.#path);
		if (!answer.ok) return false;
		const { project, may } = answer.body;
		batch(() => {
			this.may.value = may;
			this.#steps(project.rev, answer.body);
			if (project.rev > this.#rev && this.document.peek() !== undefined) this.#replace(project);
		});
		return true;
	}

	/** Rights have to be known as soon as the project is shown. */
	async #begun(): Promise<void> {
		if ((await this.#lookUp()) || this.contact.peek().state === "ended") return;
		this.#cancelLookUp();
		this.#cancelLookUp = this.#deps.clock.after(AGAIN_MS, () => void this.#begun());
	}

	get #rev(): number {
		return this.document.peek()?.rev ?? 0;
	}

	#steps(rev: number, { can_undo, can_redo }: OwnStepsView): void {
		if (rev < this.#stepsRev) return;
		this.#stepsRev = rev;
		this.canUndo.value = can_undo;
		this.canRedo.value = can_redo;
	}
}

/** An event with what it carries. */
type Told = {
	[K in keyof ProjectEvents]: { readonly name: K; readonly data: ProjectEvents[K] };
}[keyof ProjectEvents];

/** Whether what failed there may work now. */
function changesFunctions({ kind }: Change): boolean {
	return kind === "set_link_param" || kind === "set_join_function" || kind === "restore_link";
}
