import type { ProjectDeps } from "./deps.ts";
import { EventParser, type StreamEvent } from "./event-parser.ts";
import type { Contact, ContactEnd } from "./open-project.ts";

/** The server sends a comment every 15 s: a stream that is silent for longer is dead, though no one said so. */
export const SILENT_MS = 35_000;
/** First pause before the stream is opened again; doubled up to the longest. */
export const FIRST_PAUSE_MS = 400;
export const LONGEST_PAUSE_MS = 15_000;

export interface ConnectionEvents {
	/** The event that tells everything, and so begins each stream: `project` by default. */
	readonly first?: string;
	readonly onEvent: (event: StreamEvent) => void;
	readonly onContact: (contact: Contact) => void;
	/** A stream was opened; its first event is about to come. */
	readonly onOpened: () => void;
}

/** Keeps a stream of a project, or of something else, open while the page is shown, and says how that stands. */
export class Connection {
	readonly #path: string;
	readonly #deps: ProjectDeps;
	readonly #events: ConnectionEvents;
	readonly #endListening: () => void;
	/** Of the stream that counts; what comes from an older one is dropped. */
	#current: AbortController | undefined;
	#cancelRetry: (() => void) | undefined;
	#cancelSilence: (() => void) | undefined;
	#pauseMs = FIRST_PAUSE_MS;
	#lostSince: number | undefined;
	#isEnded = false;

	/** @param path Of the project, such as `api/v1/projects/3`; its events are below that. */
	constructor(path: string, deps: ProjectDeps, events: ConnectionEvents) {
		this.#path = path;
		this.#deps = deps;
		this.#events = events;
		this.#endListening = deps.page.onChange((what) => this.#pageChanged(what));
	}

	start(): void {
		if (!this.#deps.page.isHidden()) void this.#open();
	}

	close(): void {
		this.#isEnded = true;
		this.#endListening();
		this.#drop();
	}

	#pageChanged(what: "visibility" | "online" | "offline"): void {
		if (this.#isEnded) return;
		if (what === "offline") {
			this.#lost();
			return;
		}
		const isHidden = this.#deps.page.isHidden();
		if (what === "online") this.#pauseMs = FIRST_PAUSE_MS;
		this.#drop();
		if (isHidden) return;
		if (this.#lostSince === undefined) this.#events.onContact({ state: "loading" });
		void this.#open();
	}

	async #open(): Promise<void> {
		this.#drop();
		const mine = new AbortController();
		this.#current = mine;
		this.#watch();
		try {
			const response = await this.#deps.open(`${this.#path}/events`, mine.signal);
			if (this.#current !== mine) return;
			if (response.ok && response.body !== null) await this.#read(response.body, mine);
			else await this.#refused(response, mine);
		} catch {
			// Not reached, or cut off: tried again.
		}
		if (this.#current === mine) this.#lost();
	}

	async #read(body: ReadableStream<Uint8Array>, mine: AbortController): Promise<void> {
		this.#events.onOpened();
		const parser = new EventParser();
		const decoder = new TextDecoder();
		const reader = body.getReader();
		for (;;) {
			const { done, value } = await reader.read();
			if (this.#current !== mine || done) return;
			this.#watch();
			for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
				this.#events.onEvent(event);
				if (event.name === (this.#events.first ?? "project")) this.#isLive();
			}
		}
	}

	#isLive(): void {
		this.#pauseMs = FIRST_PAUSE_MS;
		this.#lostSince = undefined;
		this.#events.onContact({ state: "live" });
	}

	async #refused(response: Response, mine: AbortController): Promise<void> {
		const { status, headers } = response;
		if (status === 404) this.#end("gone");
		if (status === 500 && (await isUnreadable(response)) && this.#current === mine) {
			this.#end("unreadable");
		}
		if (status === 401) {
			this.#cancelSilence?.();
			this.#events.onContact({ state: "ended", reason: "login" });
			// Asks for the login, and is answered when there is one again.
			const answer = await this.#deps.ask("GET", this.#path);
			if (this.#current !== mine) return;
			if (answer.ok) this.#pauseMs = 0;
			else if (answer.status === 401) this.#end("login");
			else if (answer.status === 404) this.#end("gone");
		}
		const seconds = Number(headers.get("retry-after") ?? 0);
		if (seconds > 0) this.#pauseMs = Math.max(this.#pauseMs, Math.min(seconds, 60) * 1000);
	}

	#end(reason: ContactEnd): void {
		this.close();
		this.#events.onContact({ state: "ended", reason });
	}

	/** Says so, and opens another one after a pause that differs from page to page. */
	#lost(): void {
		if (this.#isEnded) return;
		this.#drop();
		const { clock, random, page } = this.#deps;
		this.#lostSince ??= clock.now();
		this.#events.onContact({ state: "lost", since: this.#lostSince });
		if (page.isHidden()) return;
		const pause = this.#pauseMs * (0.5 + random() / 2);
		this.#pauseMs = Math.min(Math.max(this.#pauseMs, FIRST_PAUSE_MS / 2) * 2, LONGEST_PAUSE_MS);
		this.#cancelRetry = clock.after(pause, () => void this.#open());
	}

	#watch(): void {
		this.#cancelSilence?.();
		this.#cancelSilence = this.#deps.clock.after(SILENT_MS, () => this.#lost());
	}

	#drop(): void {
		this.#cancelRetry?.();
		this.#cancelSilence?.();
		this.#current?.abort();
		this.#current = undefined;
	}
}

/** Whether a server says that the project is damaged in its database: other errors of it may pass. */
async function isUnreadable(response: Response): Promise<boolean> {
	try {
		const body: unknown = await response.json();
		return (body as { is_unreadable?: unknown } | null)?.is_unreadable === true;
	} catch {
		return false;
	}
}
