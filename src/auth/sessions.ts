import { type Admin, isPerson, type Person } from "./principal.ts";
import { hashOf, newSecret } from "./secrets.ts";

/** A session without its secret. */
export interface SessionRef {
	/** Names it. */
	readonly key: string;
	/** Whose it is; undefined: it has ended. To ask is not a use of it. */
	principal(): Admin | Person | undefined;
	/** It is being used, so that it lasts. */
	use(): void;
}

/** A session as its person sees it. */
export interface SessionView {
	/** Names it; it is not its secret, and does not let in. */
	readonly id: string;
	/** Unix time of its beginning and of its last use, seconds, as if a server had run ever since. */
	readonly since: number;
	readonly seen: number;
	/** Whether it is the one asked with. */
	readonly is_this: boolean;
}

/** A session with how long ago it began and was used last. */
export interface SessionAges {
	/** The hash of its secret. */
	readonly key: string;
	readonly principal: Admin | Person;
	readonly begunMs: number;
	readonly idleMs: number;
}

interface Session {
	readonly principal: Admin | Person;
	/** When it was used last, milliseconds. */
	usedAt: number;
	readonly begunAt: number;
}

/** An unused session ends after a day, and every one after a week. */
export const IDLE_MS = 24 * 3_600_000;
export const LONGEST_MS = 7 * IDLE_MS;
/** Beyond these the least recently used one is evicted. */
const MAX_SESSIONS = 1000;

/** Sessions in memory. */
export class Sessions {
	readonly #isCurrent: (principal: Admin | Person) => boolean;
	readonly #now: () => number;
	readonly #onEnd: (key: string) => void;
	/** By the hash of their secret, in order of use. */
	readonly #sessions = new Map<string, Session>();

	/**
	 * @param isCurrent Whether a login is still valid.
	 * @param now The time in milliseconds.
	 * @param onEnd Called with the key of each session that has ended; must not throw.
	 */
	constructor(
		isCurrent: (principal: Admin | Person) => boolean,
		now: () => number = () => performance.now(),
		onEnd: (key: string) => void = () => {},
	) {
		this.#isCurrent = isCurrent;
		this.#now = now;
		this.#onEnd = onEnd;
	}

	get size(): number {
		return this.#sessions.size;
	}

	/** All, the least recently used first. */
	ages(): SessionAges[] {
		const now = this.#now();
		return [...this.#sessions].map(([key, { principal, begunAt, usedAt }]) => ({
			...{ key, principal, begunMs: now - begunAt, idleMs: now - usedAt },
		}));
	}

	/**
	 * Goes on with a session of an earlier process, the most recently used of all so far; one that is there stays as it is.
	 * @returns false when it has ended.
	 */
	restore({ key, principal, begunMs, idleMs }: SessionAges): boolean {
		if (this.#sessions.has(key)) return true;
		const now = this.#now();
		const session = { principal, usedAt: now - idleMs, begunAt: now - begunMs };
		if (!this.#lasts(session)) return false;
		this.#add(key, session);
		return true;
	}

	/** @returns the secret that stands for the session. */
	begin(principal: Admin | Person): string {
		const secret = newSecret();
		const now = this.#now();
		this.#add(hashOf(secret), { principal, usedAt: now, begunAt: now });
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
		for (const [key] of ending) this.#drop(key);
		return ending.length;
	}

	#of(name: string): (readonly [string, Session])[] {
		return [...this.#sessions].filter(
			([, session]) => session.principal.name === name && this.#lasts(session),
		);
	}

	/**
	 * Goes on with the sessions of another server of this process; those of logins that are gone end, and those without
	 * an account: logins may have been off there.
	 */
	adopt(others: Sessions): void {
		for (const [hash, session] of others.#sessions) {
			if (isPerson(session.principal)) this.#sessions.set(hash, session);
		}
	}

	end(secret: string): void {
		this.#drop(hashOf(secret));
	}

	/** Ends those that last no longer. */
	endOutdated(): void {
		for (const [key, session] of this.#sessions) {
			if (!this.#lasts(session)) this.#drop(key);
		}
	}

	#add(key: string, session: Session): void {
		this.#sessions.set(key, session);
		const [oldest] = this.#sessions.keys();
		if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#drop(oldest);
	}

	#drop(key: string): void {
		if (this.#sessions.delete(key)) this.#onEnd(key);
	}

	#use(key: string): Session | undefined {
		const session = this.#sessions.get(key);
		if (session === undefined) return undefined;
		if (!this.#lasts(session)) {
			this.#drop(key);
			return undefined;
		}
		this.#sessions.delete(key);
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
export function idOf(key: string): string {
	return key.slice(0, 16);
}
