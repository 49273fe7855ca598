import type { Answer, Method } from "../server/ask.ts";

/** Time as the page has it; passed in, so that tests decide how it goes by. */
export interface PageClock {
	/** Milliseconds of the page's monotonic clock. */
	now(): number;
	date(): Date;
	/** Calls once after so many milliseconds. @returns what cancels it. */
	after(ms: number, call: () => void): () => void;
}

/** The page itself: a stream costs one of the six connections a browser opens to a server, so hidden pages have none. */
export interface PageState {
	isHidden(): boolean;
	/** Hears when the page is hidden or shown, and when the network is back (`online`) or gone. */
	onChange(hear: (what: "visibility" | "online" | "offline") => void): () => void;
}

export interface ProjectDeps {
	/** Asks for a login where one is needed, and then asks again. */
	readonly ask: <T>(method: Method, path: string, body?: unknown) => Promise<Answer<T>>;
	/** Opens a stream of the server; rejects where it cannot be reached. */
	readonly open: (path: string, signal: AbortSignal) => Promise<Response>;
	readonly clock: PageClock;
	readonly page: PageState;
	/** From 0 up to 1. */
	readonly random: () => number;
	/** The reader's `u_id`. */
	readonly reader: () => number | undefined;
}
