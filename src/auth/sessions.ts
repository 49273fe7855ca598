import type { Admin } from "./principal.ts";
import { hashOf, newSecret } from "./secrets.ts";

interface Session {
	readonly admin: Admin;
	/** When it was used last, milliseconds. */
	usedAt: number;
	readonly begunAt: number;
}

/** An unused session ends after a day, and every one after a week. */
export const IDLE_MS = 24 * 3_600_000;
const LONGEST_MS = 7 * IDLE_MS;
/** Beyond these the least recently used one is evicted. */
const MAX_SESSIONS = 1000;

/** Logins at the live page; a restart ends all sessions. */
export class Sessions {
	readonly #isCurrent: (admin: Admin) => boolean;
	readonly #now: () => number;
	/** By the hash of their secret, in order of use. */
	readonly #sessions = new Map<string, Session>();

	/**
	 * @param isCurrent Whether an admin's login is still valid.
	 * @param now The time in milliseconds.
	 */
	constructor(isCurrent: (admin: Admin) => boolean, now: () => number = () => performance.now()) {
		this.#isCurrent = isCurrent;
		this.#now = now;
	}

	/** @returns the secret that stands for the session. */
	begin(admin: Admin): string {
		const secret = newSecret();
		const now = this.#now();
		this.#sessions.set(hashOf(secret), { admin, usedAt: now, begunAt: now });
		const [oldest] = this.#sessions.keys();
		if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
		return secret;
	}

	/** The admin of a session; undefined when it has ended. */
	find(secret: string): Admin | undefined {
		const key = hashOf(secret);
		const session = this.#sessions.get(key);
		if (session === undefined) return undefined;
		this.#sessions.delete(key);
		const now = this.#now();
		const isOver = now - session.usedAt > IDLE_MS || now - session.begunAt > LONGEST_MS;
		if (isOver || !this.#isCurrent(session.admin)) return undefined;
		session.usedAt = now;
		this.#sessions.set(key, session);
		return session.admin;
	}

	end(secret: string): void {
		this.#sessions.delete(hashOf(secret));
	}
}
