import type { ReadonlySignal } from "@preact/signals";
import type { Navigation } from "./place.ts";
import type { Answer, Method } from "./server/ask.ts";

export type Role = "admin" | "teacher" | "student";

/** Who is logged in. */
export interface Person {
	readonly u_id: number;
	readonly u_name: string;
	readonly role: Role;
}

/** State of the reader's session at the server. */
export type SessionState =
	| "loading"
	/** The server could not be reached, so far. */
	| "unreachable"
	/** The server has no administrator yet. */
	| "setup"
	| "out"
	| "in"
	/** The login has ended while the page was in use: a dialog asks for it over the page. */
	| "ended";

export interface Session {
	/** Screens are drawn for a person only: theirs is the last one while the login has ended. */
	readonly person: ReadonlySignal<Person>;
	readonly state: ReadonlySignal<SessionState>;
	/** What the server has; see `GET /api/v1/session`. */
	readonly server: ReadonlySignal<ServerFacts>;
	/** Asks the server again. */
	refresh(): Promise<void>;
	/** For a request that was answered 401. @returns whether the same person is logged in again. */
	again(): Promise<boolean>;
	/** The reader does not want to log in again: the page is left. */
	leave(): void;
	logOut(): Promise<void>;
}

export interface ServerFacts {
	/** Null and empty: no one is logged in. */
	readonly version: string | null;
	readonly modules: readonly string[];
	/** Whether people may make accounts for themselves. */
	readonly registration: "open" | "code" | "closed";
	/** Whether functions can be checked and tried. */
	readonly workbench: "on" | "off";
	/** Whether this person may try functions. */
	readonly may_try: boolean;
}

export type NoticeKind = "info" | "good" | "bad";

export interface NoticeAction {
	readonly text: string;
	readonly run: () => void;
}

export interface Notices {
	/** One sentence for the reader: shown and read aloud. Bad news stay until they are closed. */
	say(text: string, kind?: NoticeKind, action?: NoticeAction): void;
}

/** Time, passed in where behaviour depends on it. */
export interface PageClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Monotonic milliseconds. */
	monotonic(): number;
	/** @returns what calls it off. */
	after(ms: number, run: () => void): () => void;
}

/** `server/ask.ts`, and when the login has ended, the page asks for it and sends the request once more. */
export type Ask = <T>(method: Method, path: string, body?: unknown) => Promise<Answer<T>>;

/** What every screen is given. */
export interface App {
	readonly navigation: Navigation;
	readonly session: Session;
	readonly notices: Notices;
	readonly ask: Ask;
	readonly clock: PageClock;
}
