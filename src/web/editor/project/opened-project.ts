import { batch, signal } from "@preact/signals";
import type { Change, PersonView, ProjectDocument, ProjectEvents } from "../../../contract/mod.ts";
import type { Answer } from "../server/ask.ts";
import { Connection } from "./connection.ts";
import type { ProjectDeps } from "./deps.ts";
import type { StreamEvent } from "./event-parser.ts";
import { PartNames } from "./names.ts";
import type { Changed, Contact, LogEntry, May, OpenProject } from "./open-project.ts";
import { type DocumentParts, withParts } from "./parts.ts";
import { Progress } from "./progress.ts";
import { WireValues } from "./wire-values.ts";

const MAX_LOG = 200;
/** Requests for a document that has not come with its change. */
const MAX_TRIES = 3;
/** Pause after a request for one's rights that failed. */
const AGAIN_MS = 2000;

/** What the reader can take back. */
interface Steps {
	readonly can_undo?: boolean;
	readonly can_redo?: boolean;
}

type ChangesEvent = ProjectEvents["changes"] & { readonly parts?: DocumentParts };
type ChangedAnswer = Changed & Steps & { readonly parts?: DocumentParts };
type ProjectAnswer = { readonly project: ProjectDocument; readonly may: May } & Steps;

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
	readonly canUndo = signal(false);
	readonly canRedo = signal(false);
	readonly #path: string;
	readonly #deps: ProjectDeps;
	readonly #connection: Connection;
	readonly #values: WireValues;
	readonly #progress = new Progress();
	readonly #names = new PartNames();
	/** Revisions this page made, whose answers have told what can be taken back. */
	readonly #own = new Set<number>();
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

	change = (changes: readonly Change[]): Promise<Answer<Changed>> =>
		this.#send(() => this.#post("changes", { base_rev: this.#rev, changes }), {
			can_undo: true,
			can_redo: false,
		});

	undo: OpenProject["undo"] = (skips) => this.#step("undo", skips, { can_redo: true });

	redo: OpenProject["redo"] = (skips) => this.#step("redo", skips, { can_undo: true });

	close = (): void => {
		this.#connection.close();
		this.#cancelLookUp();
	};

	#post(path: string, body: object): Promise<Answer<ChangedAnswer>> {
		return this.#deps.ask<ChangedAnswer>("POST", `${this.#path}/${path}`, body);
	}

	async #step(
		name: "undo" | "redo",
		skip: boolean | undefined,
		after: Steps,
	): Promise<Answer<Changed>> {
		const answer = await this.#send(() => this.#post(name, skip === true ? { skip } : {}), after);
		if (!answer.ok && answer.status === 409) void this.#lookUp();
		return answer;
	}

	/** @param after What can be taken back then, where the answer does not say. */
	#send(post: () => Promise<Answer<ChangedAnswer>>, after: Steps): Promise<Answer<Changed>> {
		const sent = this.#queue.then(async () => {
			const answer = await post();
			if (!answer.ok) return answer;
			this.#own.add(answer.body.rev);
			batch(() => {
				this.#steps({ ...after, ...answer.body });
				this.#follow(answer.body.rev, answer.body.parts);
			});
			await this.#upTo(answer.body.rev);
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
				if (isNew || document.rev >= this.#rev) this.#replace(document);
				this.people.value = people;
				this.#progress.begin(presence, links);
				if (isNew) this.#begin(values);
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
			case "errors":
				for (const failure of this.#values.fail(event.data)) {
					this.#note({ by: undefined, changes: [], failure });
				}
				return;
			case "people":
				this.people.value = event.data;
		}
	}

	#begin(values: ProjectEvents["values"]): void {
		this.#values.begin(values);
		this.#own.clear();
	}

	#changed({ rev, by, changes, parts }: ChangesEvent): void {
		this.#note({ by, changes });
		if (changes.some(changesFunctions)) this.#values.forgetFailures();
		this.#follow(rev, parts);
		// Made elsewhere by the same person, who can take it back here.
		if (by.u_id === this.#deps.reader() && !this.#own.has(rev)) void this.#lookUp();
		this.#own.delete(rev);
	}

	#note(entry: Omit<LogEntry, "at">): void {
		const at = this.#deps.clock.date();
		this.log.value = [...this.log.peek().slice(1 - MAX_LOG), { at, ...entry }];
	}

	#follow(rev: number, parts: DocumentParts | undefined): void {
		const before = this.document.peek();
		if (before === undefined || before.rev >= rev) return;
		if (parts !== undefined && before.rev === rev - 1) this.#replace(withParts(before, rev, parts));
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
		const { project, may, ...steps } = answer.body;
		const can = may !== "look";
		batch(() => {
			this.may.value = may;
			this.#steps({ can_undo: can, can_redo: can, ...steps });
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

	#steps({ can_undo, can_redo }: Steps): void {
		if (can_undo !== undefined) this.canUndo.value = can_undo;
		if (can_redo !== undefined) this.canRedo.value = can_redo;
	}
}

/** An event with what it carries. */
type Told = {
	[K in keyof ProjectEvents]: {
		readonly name: K;
		readonly data: K extends "changes" ? ChangesEvent : ProjectEvents[K];
	};
}[keyof ProjectEvents];

/** Whether what failed there may work now. */
function changesFunctions({ kind }: Change): boolean {
	return kind === "set_link_param" || kind === "set_join_function" || kind === "restore_link";
}
