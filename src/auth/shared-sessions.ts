import { type Clock, LimitedQuestions, messageOf, StorageError, systemClock } from "../kit/mod.ts";
import type { SharedPageSessions, SharedSessionRecord } from "../store/mod.ts";
import { type KnownPeople, type LoginSessions, loginOf } from "./login-sessions.ts";
import { type Admin, isPerson, type Person } from "./principal.ts";
import { principalOf } from "./remembered-logins.ts";
import { hashOf, newSecret } from "./secrets.ts";
import { IDLE_MS, idOf, LONGEST_MS, type SessionRef, type SessionView } from "./sessions.ts";

export interface SharedSessionsDeps extends KnownPeople {
	readonly rows: Pick<
		SharedPageSessions,
		"use" | "begin" | "end" | "endOf" | "listOf" | "there" | "listen"
	>;
	readonly clock?: Clock;
}

interface Known {
	readonly principal: Admin | Person;
	/** Whether the database has it: a login without an account is this node's alone. */
	readonly isShared: boolean;
	/** Milliseconds; however it is used, it ends a week later. */
	readonly begunAt: number;
	/** When it was last known to last, milliseconds. */
	seenAt: number;
}

/** Sessions in memory; the one that was not used for the longest time is forgotten, and asked for again. */
const MAX_KNOWN = 1000;
/** How often a session that streams rest on is asked for. */
const ASK_EVERY_MS = 60_000;

/**
 * Sessions of a cluster. The database has them, so that the next request of a page is let in by whichever node it reaches,
 * and a session that ends is over on all. In memory are those this node was shown, for streams and while the database is
 * away; a node hears when some have ended, and forgets them.
 */
export class SharedSessions implements LoginSessions {
	readonly #deps: SharedSessionsDeps;
	readonly #clock: Clock;
	/** By the hash of their secret, in order of use. */
	readonly #known = new Map<string, Known>();
	#unlisten: (() => void) | undefined;
	#checking: Promise<void> | undefined;
	#isToCheck = false;
	/** Counts what was heard of ends. */
	#heard = 0;
	/** Of cookies that anyone may show. */
	readonly #questions: LimitedQuestions;

	constructor(deps: SharedSessionsDeps) {
		this.#deps = deps;
		this.#clock = deps.clock ?? systemClock;
		this.#questions = new LimitedQuestions(this.#clock);
	}

	async start(): Promise<void> {
		this.#unlisten = this.#deps.rows.listen(() => {
			this.#heard += 1;
			this.#check();
		});
	}

	async stop(): Promise<void> {
		this.#unlisten?.();
		await this.#checking;
	}

	async begin(principal: Admin | Person): Promise<string> {
		const secret = newSecret();
		const key = hashOf(secret);
		const user = isPerson(principal) ? this.#deps.userOf(principal) : undefined;
		if (user !== undefined) await this.#deps.rows.begin(key, user.id, loginOf(user));
		this.#note(key, { principal, isShared: user !== undefined, begunAt: this.#clock.now() });
		return secret;
	}

	async end(secret: string): Promise<void> {
		const key = hashOf(secret);
		const isShared = this.#known.get(key)?.isShared !== false;
		this.#known.delete(key);
		if (isShared) await this.#deps.rows.end(key);
	}

	async refresh(secret: string): Promise<void> {
		await this.#ask(hashOf(secret));
	}

	/** The same by the hash of its secret. */
	async refreshKey(key: string): Promise<void> {
		await this.#ask(key);
	}

	find(secret: string): Admin | Person | undefined {
		return this.#use(hashOf(secret));
	}

	async listOf(name: string, own: string | undefined): Promise<SessionView[]> {
		const user = this.#deps.userOf({ kind: "admin", name, stamp: "" });
		if (user === undefined) return [];
		const hash = own === undefined ? undefined : hashOf(own);
		const login = loginOf(user);
		const now = Date.now() / 1000;
		return (await this.#deps.rows.listOf(user.id))
			.filter((row) => row.login === login)
			.map(({ hash: key, begunSeconds, idleSeconds }) => ({
				...{ id: idOf(key), is_this: key === hash },
				...{ since: Math.floor(now - begunSeconds), seen: Math.floor(now - idleSeconds) },
			}));
	}

	async endOf(name: string, which: string | undefined, own: string | undefined): Promise<number> {
		const { userOf, rows } = this.#deps;
		const user = userOf({ kind: "admin", name, stamp: "" });
		if (user === undefined) return 0;
		const count = await rows.endOf(user.id, which, own === undefined ? undefined : hashOf(own));
		this.#check();
		await this.#checking;
		return count;
	}

	refer(secret: string): SessionRef | undefined {
		return this.referKey(hashOf(secret));
	}

	/** The same by the hash of its secret. */
	referKey(key: string): SessionRef | undefined {
		const principal = () => this.#current(key)?.principal;
		return principal() === undefined ? undefined : { key, principal, use: () => this.#use(key) };
	}

	endRevoked(): void {
		for (const [key, { principal }] of this.#known) {
			if (!this.#deps.isCurrent(principal)) this.#known.delete(key);
		}
	}

	adopt(): void {
		// The database has them.
	}

	/** Asks the database for one; one that is known goes on while that is away. @throws StorageError */
	async #ask(key: string): Promise<void> {
		if (this.#known.get(key)?.isShared === false) return;
		const before = this.#heard;
		let row: SharedSessionRecord | undefined;
		try {
			row = await this.#questions.ask(() => this.#deps.rows.use(key));
		} catch (error) {
			if (error instanceof StorageError && this.#current(key) !== undefined) return;
			throw error;
		}
		const user = row && this.#deps.userById(row.userId);
		if (row !== undefined && user?.isActive === true && loginOf(user) === row.login) {
			const begunAt = this.#clock.now() - row.begunSeconds * 1000;
			this.#note(key, { principal: principalOf(user), isShared: true, begunAt });
		} else this.#known.delete(key);
		// It may have been told meanwhile that this one has ended.
		if (this.#heard !== before) this.#check();
	}

	#note(key: string, session: Omit<Known, "seenAt">): void {
		this.#known.delete(key);
		this.#known.set(key, { ...session, seenAt: this.#clock.now() });
		const [oldest] = this.#known.keys();
		if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
	}

	#current(key: string): Known | undefined {
		const session = this.#known.get(key);
		if (session === undefined) return undefined;
		const now = this.#clock.now();
		const isLasting = now - session.seenAt <= IDLE_MS && now - session.begunAt <= LONGEST_MS;
		if (isLasting && this.#deps.isCurrent(session.principal)) return session;
		this.#known.delete(key);
		return undefined;
	}

	/** A stream is a use as well, of which the database hears now and then. */
	#use(key: string): Admin | Person | undefined {
		const session = this.#current(key);
		if (session === undefined) return undefined;
		const now = this.#clock.now();
		if (session.isShared && now - session.seenAt > ASK_EVERY_MS) {
			session.seenAt = now;
			this.#ask(key).catch((error) => this.#failed(error));
		}
		return session.principal;
	}

	/** Some have ended somewhere. */
	#check(): void {
		this.#isToCheck = true;
		this.#checking ??= this.#forgetEnded().finally(() => {
			this.#checking = undefined;
		});
	}

	async #forgetEnded(): Promise<void> {
		while (this.#isToCheck) {
			this.#isToCheck = false;
			const known = [...this.#known].filter(([, { isShared }]) => isShared).map(([key]) => key);
			if (known.length === 0) return;
			try {
				const there = await this.#deps.rows.there(known);
				for (const key of known) if (!there.has(key)) this.#known.delete(key);
			} catch (error) {
				this.#failed(error);
			}
		}
	}

	#failed(error: unknown): void {
		this.#deps.log.debug("cannot look at sessions", { reason: messageOf(error) });
	}
}
