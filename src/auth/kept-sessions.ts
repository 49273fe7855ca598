import { type Cancel, type Clock, messageOf, systemClock } from "../kit/mod.ts";
import type { PageSessionRecord } from "../store/mod.ts";
import { type KnownPeople, type LoginSessions, loginOf } from "./login-sessions.ts";
import { type Admin, isPerson, type Person } from "./principal.ts";
import { principalOf } from "./remembered-logins.ts";
import { hashOf } from "./secrets.ts";
import { type SessionAges, type SessionRef, Sessions, type SessionView } from "./sessions.ts";

/** Where sessions outlive the server; `pageSessionDisk` of `store` implements it. */
export interface SessionDisk {
	load(): Promise<PageSessionRecord[]>;
	/** Resolves when both are durable. @throws StorageError */
	save(removed: readonly string[], kept: readonly PageSessionRecord[]): Promise<void>;
}

export interface KeptSessionsDeps extends KnownPeople {
	/** Undefined: they end with the server. */
	readonly disk: SessionDisk | undefined;
	readonly clock?: Clock;
}

/** How far the ages of sessions may be off after a crash; while there is no session, nothing is written. */
const SAVE_EVERY_MS = 10 * 60_000;
const RETRY_MS = 60_000;
/** Of ended sessions that the disk does not know of, while it takes no changes; the oldest are forgotten. */
const MAX_ENDED = 2000;

/**
 * Logins of people at pages and of programs that keep a cookie. They are stored when they begin and end, and go on after
 * a restart if the person's password, role and activity are what they were. Only time during which a server runs counts.
 * While the disk takes no changes they are in memory alone, and the log says so.
 */
export class KeptSessions implements LoginSessions {
	readonly #deps: KeptSessionsDeps;
	readonly #clock: Clock;
	readonly #sessions: Sessions;
	/** Keys of those the disk may have. */
	readonly #stored = new Set<string>();
	/** Keys of ended ones the disk may have. */
	readonly #ended = new Set<string>();
	#cancel: Cancel | undefined;
	#isFailing = false;
	#isStopped = false;

	constructor(deps: KeptSessionsDeps) {
		this.#deps = deps;
		this.#clock = deps.clock ?? systemClock;
		this.#sessions = new Sessions(
			deps.isCurrent,
			() => this.#clock.now(),
			(key) => this.#noteEnd(key),
		);
	}

	/** Takes over what is stored, once the accounts are known. */
	async start(): Promise<void> {
		try {
			const stored = (await this.#deps.disk?.load()) ?? [];
			// In order of use.
			for (const session of stored.toSorted((a, b) => b.idleSeconds - a.idleSeconds)) {
				this.#stored.add(session.hash);
				if (!this.#restore(session)) this.#noteEnd(session.hash);
			}
		} catch (error) {
			this.#deps.log.error("cannot read the sessions of people: they have to log in again", {
				reason: messageOf(error),
			});
		}
		this.#plan();
	}

	/** Stores how old they are. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#cancel?.();
		await this.#saveAll();
	}

	/** @returns the secret that stands for the session, once it is stored or cannot be. */
	async begin(principal: Admin | Person): Promise<string> {
		const secret = this.#sessions.begin(principal);
		const key = hashOf(secret);
		await this.#save(this.#sessions.ages().filter((session) => session.key === key));
		this.#plan();
		return secret;
	}

	/** Resolves when it is stored that the session has ended, or cannot be. */
	async end(secret: string): Promise<void> {
		this.#sessions.end(secret);
		await this.#save([]);
	}

	/** Whose session it is; undefined when it has ended. */
	find(secret: string): Admin | Person | undefined {
		return this.#sessions.find(secret);
	}

	/** Those of a person, as {@link Sessions.listOf} says. */
	listOf(name: string, own: string | undefined): SessionView[] {
		return this.#sessions.listOf(name, own);
	}

	/** Ends sessions of a person, as {@link Sessions.endOf} says. @returns how many, once that is stored or cannot be. */
	async endOf(name: string, which: string | undefined, own: string | undefined): Promise<number> {
		const count = this.#sessions.endOf(name, which, own);
		await this.#save([]);
		return count;
	}

	/** A session that others rest on, for as long as it lasts; undefined when it has ended. */
	refer(secret: string): SessionRef | undefined {
		return this.#sessions.refer(secret);
	}

	/** Ends those of logins that are no longer valid, for good; to be called when accounts have changed. */
	endRevoked(): void {
		this.#sessions.endOutdated();
	}

	/** Goes on with the sessions of another server of this process; those of logins that are gone end. */
	adopt(others: LoginSessions): void {
		if (!(others instanceof KeptSessions)) return;
		this.#sessions.adopt(others.#sessions);
		for (const key of others.#stored) this.#stored.add(key);
		for (const key of others.#ended) this.#ended.add(key);
	}

	/** @returns false when the session has ended. */
	#restore({ hash, userId, login, begunSeconds, idleSeconds }: PageSessionRecord): boolean {
		if (this.#ended.has(hash)) return false;
		const user = this.#deps.userById(userId);
		const isSame = user?.isActive === true && loginOf(user) === login;
		if (!isSame || !(idleSeconds >= 0) || !(begunSeconds >= 0)) return false;
		const ages = { begunMs: begunSeconds * 1000, idleMs: idleSeconds * 1000 };
		return this.#sessions.restore({ key: hash, principal: principalOf(user), ...ages });
	}

	#noteEnd(key: string): void {
		if (!this.#stored.delete(key)) return;
		this.#ended.add(key);
		const [oldest] = this.#ended;
		if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
	}

	async #saveAll(): Promise<void> {
		this.#cancel = undefined;
		this.#sessions.endOutdated();
		const saving = this.#save(this.#sessions.ages());
		this.#plan();
		await saving;
	}

	/** Those who wait for it are answered anyway when the disk does not take it. */
	async #save(sessions: readonly SessionAges[]): Promise<void> {
		const { disk, log } = this.#deps;
		const kept = sessions.flatMap((session) => this.#recordOf(session) ?? []);
		const removed = [...this.#ended];
		if (disk === undefined || kept.length + removed.length === 0) return;
		// Before it is: one that ends meanwhile is to be removed again.
		for (const { hash } of kept) this.#stored.add(hash);
		try {
			await disk.save(removed, kept);
			for (const key of removed) this.#ended.delete(key);
			if (this.#isFailing) log.info("sessions of people can be stored again");
			this.#isFailing = false;
		} catch (error) {
			if (!this.#isFailing) {
				const reason = messageOf(error);
				log.warn("cannot store the sessions of people: they end with this server", { reason });
			}
			this.#isFailing = true;
			this.#cancel?.();
			this.#cancel = undefined;
			this.#plan();
		}
	}

	#recordOf({ key, principal, begunMs, idleMs }: SessionAges): PageSessionRecord | undefined {
		// Logins without an account are those of this server's run.
		const user = isPerson(principal) ? this.#deps.userOf(principal) : undefined;
		if (user === undefined) return undefined;
		const ages = { begunSeconds: begunMs / 1000, idleSeconds: idleMs / 1000 };
		return { hash: key, userId: user.id, login: loginOf(user), ...ages };
	}

	/** Plans the next time all are stored, unless it is planned; without any there is none. */
	#plan(): void {
		if (this.#deps.disk === undefined || this.#isStopped || this.#cancel !== undefined) return;
		if (this.#sessions.size + this.#ended.size === 0) return;
		const ms = this.#isFailing ? RETRY_MS : SAVE_EVERY_MS;
		this.#cancel = this.#clock.after(ms, () => void this.#saveAll());
	}
}
