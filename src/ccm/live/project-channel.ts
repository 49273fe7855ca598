import type {
	InvitationView,
	PersonView,
	ProjectDocument,
	ProjectEvents,
} from "../../contract/mod.ts";
import { EVENT_COMMENT, EventReaders, type Reading } from "../../http/mod.ts";
import type { Cancel } from "../../kit/mod.ts";
import type { Wish } from "../service/access.ts";
import type { Person, ProjectNews } from "../service/operation.ts";
import type { ProjectChannelDeps, Viewer } from "./channel-ports.ts";
import { eventOf, newIn, viewOf } from "./event-texts.ts";
import { NewestValues } from "./newest-values.ts";
import { presenceOf } from "./presence.ts";
import { progressOf } from "./progress.ts";
import { WatchedGraphs } from "./watched-graphs.ts";

/** What is looked at again in this time: values, presence and progress, and whether readers may still listen. */
const TICK_MS = 100;
/** A silent connection is closed by proxies, and by our own listener after 30 s. */
const COMMENT_MS = 15_000;
/** How long monitoring goes on without viewers: a page that is loaded again comes back. */
const LINGER_MS = 10_000;
/** Bytes that may wait for a reader; the first event of the largest project fits in. */
const MAX_UNREAD_BYTES = 16 << 20;

/** One project, and all who look at it. */
export class ProjectChannel {
	readonly #deps: ProjectChannelDeps;
	readonly #readers = new EventReaders({ max: MAX_UNREAD_BYTES, of: "bytes" });
	/** Whether each may still look. */
	readonly #viewers = new Map<Viewer, { isAllowed: boolean }>();
	/** Those who may edit: nicknames are for them alone. */
	readonly #editors = new WeakSet<Reading>();
	readonly #values: NewestValues;
	readonly #graphs: WatchedGraphs;
	#document: ProjectDocument;
	#told: Pick<ProjectEvents["project"], "presence" | "links"> = { presence: [], links: [] };
	/** What waits until it is known who may hear it. */
	#held = "";
	#isOutdated = false;
	#peopleChanged = false;
	#saidAt: number;
	#cancelTick: Cancel | undefined;
	#cancelEnd: Cancel | undefined;

	constructor(document: ProjectDocument, deps: ProjectChannelDeps) {
		this.#document = document;
		this.#deps = deps;
		this.#saidAt = deps.clock.now();
		this.#values = new NewestValues(() => deps.clock.now());
		this.#graphs = new WatchedGraphs(deps.monitors, this.#values);
	}

	/**
	 * A stream for one more viewer.
	 * @param invitations Those of the project; one who may only look is not told.
	 */
	open(viewer: Viewer, invitations: readonly InvitationView[] = []): Response {
		this.check();
		const state = { isAllowed: true };
		const isEditor = viewer.right !== "look";
		const told = isEditor ? invitations : [];
		const reading: Reading = {
			first: () => {
				this.#viewers.set(viewer, state);
				this.#begin();
				this.#peopleChanged = true;
				const everything = this.#everything();
				// Those who are here already are told later what is new for them.
				if (this.#viewers.size === 1) this.#told = everything;
				const invited = told.map((one) => eventOf("invitation", one));
				return [eventOf("project", everything), ...invited].join("");
			},
			stillMay: () => state.isAllowed && viewer.stillMay(),
			left: () => {
				this.#viewers.delete(viewer);
				this.#peopleChanged = true;
				viewer.left();
				if (this.#readers.size === 0) this.#endSoon();
			},
		};
		if (isEditor) this.#editors.add(reading);
		return this.#readers.open(reading);
	}

	/** Tells those who may edit of invitations. @returns whether it is known who may hear it. */
	tellInvitations(invitations: readonly InvitationView[]): boolean {
		if (!this.#deps.isSure()) return false;
		this.check();
		const text = invitations.map((one) => eventOf("invitation", one)).join("");
		this.#readers.send(text, (reading) => this.#editors.has(reading));
		return true;
	}

	/** Tells of changes. Where one is missing before them, everything is told again. */
	take({ document, changes, parts, by, steps }: Extract<ProjectNews, { kind: "changes" }>): void {
		if (document.rev !== this.#document.rev + 1) {
			this.replace(document);
			return;
		}
		this.#follow(document);
		this.#send(eventOf("changes", { rev: document.rev, by: viewOf(by), changes, parts, steps }));
	}

	/** The store has another document, which no one has told of. */
	replace(document: ProjectDocument): void {
		if (document.rev <= this.#document.rev) return;
		this.#follow(document);
		const everything = this.#everything();
		this.#told = everything;
		this.#send(eventOf("project", everything));
	}

	/** People who look at it. */
	get people(): readonly Person[] {
		return [...this.#viewers.keys()].map(({ person }) => person);
	}

	/**
	 * Ends the streams of those whose right is another one now.
	 * @param rights By person; of others it was not looked up.
	 */
	checkRights(rights: ReadonlyMap<number, Wish | undefined>): void {
		for (const [{ person, right }, state] of this.#viewers) {
			const { u_id } = person;
			if (rights.has(u_id) && rights.get(u_id) !== right) state.isAllowed = false;
		}
		this.check();
	}

	/** Ends the streams of those who may not listen any more. */
	check(): void {
		if (!this.#deps.isSure()) return;
		const text = this.#held;
		this.#held = "";
		this.#readers.send(text === "" ? undefined : text);
	}

	/** A graph may have come further. */
	graphChanged(graph: string): void {
		if (this.#graphs.has(graph)) this.#isOutdated = true;
	}

	/** Devices may have come or gone. */
	devicesChanged(): void {
		this.#isOutdated = true;
	}

	/** Ends everything. */
	stop(): void {
		this.#readers.stop();
		this.#end();
	}

	#everything(): ProjectEvents["project"] {
		const values = this.#values.all;
		return { document: this.#document, ...this.#look(), values, people: this.#peopleView() };
	}

	#look(): Pick<ProjectEvents["project"], "presence" | "links"> {
		const states = this.#graphs.learn(this.#deps.states(this.#document.p_id));
		return {
			presence: presenceOf(this.#document, this.#deps.devices()),
			links: progressOf(this.#document, this.#graphs.wires, states),
		};
	}

	#peopleView(): PersonView[] {
		const byId = new Map(this.people.map((person) => [person.u_id, viewOf(person)]));
		return [...byId.values()].sort((a, b) => a.u_id - b.u_id);
	}

	#follow(document: ProjectDocument): void {
		this.#document = document;
		this.#isOutdated = true;
		if (this.#cancelTick !== undefined) this.#graphs.follow(this.#deps.simulated(document));
	}

	/** The first viewer comes. */
	#begin(): void {
		this.#cancelEnd?.();
		this.#cancelEnd = undefined;
		if (this.#cancelTick !== undefined) return;
		this.#planTick();
		this.#graphs.follow(this.#deps.simulated(this.#document));
	}

	#endSoon(): void {
		this.#cancelEnd = this.#deps.clock.after(LINGER_MS, () => {
			this.#end();
			this.#deps.onUnused();
		});
	}

	#end(): void {
		this.#cancelTick?.();
		this.#cancelTick = undefined;
		this.#cancelEnd?.();
		this.#graphs.stop();
	}

	#planTick(): void {
		this.#cancelTick = this.#deps.clock.after(TICK_MS, () => {
			this.#planTick();
			this.#tick();
		});
	}

	#tick(): void {
		const values = this.#values.take();
		const errors = this.#values.takeFailures();
		const texts = [
			...(this.#isOutdated ? this.#newProgress() : []),
			...(values.length > 0 ? [eventOf("values", values)] : []),
			...(errors.length > 0 ? [eventOf("errors", errors)] : []),
			...(this.#peopleChanged ? [eventOf("people", this.#peopleView())] : []),
		];
		this.#peopleChanged = false;
		const isSilent = this.#deps.clock.now() - this.#saidAt >= COMMENT_MS;
		if (texts.length > 0) this.#send(texts.join(""));
		else if (isSilent) this.#send(EVENT_COMMENT);
		else this.check();
	}

	/** What is different from what was told last. */
	#newProgress(): string[] {
		this.#isOutdated = false;
		const before = this.#told;
		this.#told = this.#look();
		const presence = newIn(this.#told.presence, before.presence);
		const links = newIn(this.#told.links, before.links);
		return [
			...(presence.length > 0 ? [eventOf("presence", presence)] : []),
			...(links.length > 0 ? [eventOf("links", links)] : []),
		];
	}

	#send(text: string): void {
		this.#saidAt = this.#deps.clock.now();
		this.#held += text;
		this.check();
		if (this.#held.length <= MAX_UNREAD_BYTES) return;
		this.#held = "";
		this.#readers.stop();
	}
}
