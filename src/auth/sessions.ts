import type { Admin, Person } from "./principal.ts";
import { hashOf, newSecret } from "./secrets.ts";

/** A session without its secret. */
export interface SessionRef {
	/** Names it. */
	readonly key: string;
	/** Whose it is; undefined: it has ended. To ask is no use of it. */
	principal(): Admin | Person | undefined;
	/** It is being used, so that it lasts. */
	use(): void;
}

/** A session as its person sees it. */
export interface SessionView {
	/** Names it; it is not its secret, and does not let in. */
	readonly id: string;
	/** Unix time of its beginning and of its last use, seconds. */
	readonly since: number;
	readonly seen: number;
	/** Whether it is the one asked with. */
	readonly is_this: boolean;
}

interface Session {
	readonly principal: Admin | Person;
	/** When it was used last, milliseconds. */
	usedAt: number;
	readonly begunAt: number;
}

/** An unused session ends after a day, and every one after a week. */
export const IDLE_MS = 24 * 3_600_000;
const LONGEST_MS = 7 * IDLE_MS;
/** Beyond these the least recently used one is evicted. */
const MAX_SESSIONS = 1000;

/** Logins of people at pages and of programs that keep a cookie; a restart ends all sessions. */
export class Sessions {
	readonly #isCurrent: (principal: Admin | Person) => boolean;
	readonly #now: () => number;
	/** By the hash of their secret, in order of use. */
	readonly #sessions = new Map<string, Session>();

	/**
	 * @param isCurrent Whether a login is still valid.
	 * @param now The time in milliseconds.
	 */
	constructor(
		isCurrent: (principal: Admin | Person) => boolean,
		now: () => number = () => performance.now(),
	) {
		this.#isCurrent = isCurrent;
		this.#now = now;
	}

	/** @returns the secret that stands for the session. */
	begin(principal: Admin | Person): string {
		const secret = newSecret();
		const now = this.#now();
		this.#sessions.set(hashOf(secret), { principal, usedAt: now, begunAt: now });
		const [oldest] = this.#sessions.keys();
		if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
		return secret;
	}

	/** Whose session it is; undefined when it has ended. */
	find(secret: string): Admin | Person | undefined {
		const key = hashOf(secret);
		return this.#use(key)?.principal;
	}

	/** A session that others rest on, for as long as it lasts; undefined when it has ended. */
	refer(secret: string): SessionRef | undefined {
		const key = hashOf(secret);
		const principal = () => {
			const session = this.#sessions.get(key);
			return session !== undefined && this.#lasts(session) ? session.principal : undefined;
		};
		return principal() === undefined ? undefined : { key, principal, use: () => this.#use(key) };
	}

	/** Those of a person, the last used first. @param own Secret of the one asked with. */
	listOf(name: string, own: string | undefined): SessionView[] {
		const [now, epoch] = [this.#now(), Date.now()];
		const unix = (at: number) => Math.floor((epoch - (now - at)) / 1000);
		const hash = own === undefined ? undefined : hashOf(own);
		return this.#of(name)
			.map(([key, { begunAt, usedAt }]) => ({
				...{ id: idOf(key), since: unix(begunAt), seen: unix(usedAt) },
				is_this: key === hash,
			}))
			.reverse();
	}

	/**
	 * Ends sessions of a person.
	 * @param which Id of one; undefined: all but the one asked with.
	 * @param own Secret of the one asked with.
	 * @returns how many ended.
	 */
	endOf(name: string, which: string | undefined, own: string | undefined): number {
		const hash = own === undefined ? undefined : hashOf(own);
		const ending = this.#of(name).filter(([key]) =>
			which === undefined ? key !== hash : idOf(key) === which,
		);
		for (const [key] of ending) this.#sessions.delete(key);
		return ending.length;
	}

	#of(name: string): (readonly [string, Session])[] {
		return [...this.#sessions].filter(
			([, session]) => session.principal.name === name && this.#lasts(session),
		);
	}

	/** Goes on with the sessions of another server of this process; those of logins that are gone end. */
	adopt(others: Sessions): void {
		for (const [hash, session] of others.#sessions) this.#sessions.set(hash, session);
	}

	end(secret: string): void {
		this.#sessions.delete(hashOf(secret));
	}

	#use(key: string): Session | undefined {
		const session = this.#sessions.get(key);
		if (session === undefined) return undefined;
		this.#sessions.delete(key);
		if (!this.#lasts(session)) return undefined;
		session.usedAt = this.#now();
		this.#sessions.set(key, session);
		return session;
	}

	#lasts({ principal, usedAt, begunAt }: Session): boolean {
		const now = this.#now();
		return now - usedAt <= IDLE_MS && now - begunAt <= LONGEST_MS && this.#isCurrent(principal);
	}
}

/** A part of the hash of its secret. */
function idOf(key: string): string {
	return key.slice(0, 16);
}
