import { and, asc, desc, eq, gt, lte, notInArray, or, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import type { Role, StoreTables } from "./schema.ts";

/** A person who logs in. */
export interface UserRecord {
	/** Never given to anyone else, also after the person is removed. */
	readonly id: number;
	/** Unique. */
	readonly name: string;
	/** Of the password, by argon2id, salt and costs included. */
	readonly hash: string;
	readonly role: Role;
	readonly email: string | null;
	/** The subject of an OpenID provider; unique. */
	readonly sub: string | null;
	/** Whether the person may log in. */
	readonly isActive: boolean;
	/** Unix time, seconds. */
	readonly createdAt: number;
}

/** Codes that have ended and are kept anyway. */
const MAX_ENDED_CODES = 1000;

/** What is said of a new person. */
export interface NewUser extends Pick<UserRecord, "name" | "hash" | "role" | "createdAt"> {
	readonly email?: string | null;
	readonly sub?: string | null;
}

/** What lets people register. */
export interface RegistrationCode {
	/** SHA-256 in hex. */
	readonly hash: string;
	readonly usesLeft: number;
	/** Unix time, seconds. */
	readonly expiresAt: number;
	readonly createdAt: number;
}

/**
 * The users table, and the codes people register with. Another process may change them: `Store.changedOutside` tells.
 */
export class PeopleRows {
	readonly #db: Db;
	readonly #users: StoreTables["users"];
	readonly #codes: StoreTables["registrationCodes"];
	readonly #sessions: StoreTables["pageSessions"];

	/** @param db That of a unit of work where something is going to be changed. */
	constructor(db: Db, { users, registrationCodes, pageSessions }: StoreTables) {
		this.#db = db;
		this.#users = users;
		this.#codes = registrationCodes;
		this.#sessions = pageSessions;
	}

	/** All by name. */
	async list(): Promise<UserRecord[]> {
		return await this.#db.select().from(this.#users).orderBy(asc(this.#users.name));
	}

	async byId(id: number): Promise<UserRecord | undefined> {
		const [found] = await this.#db.select().from(this.#users).where(eq(this.#users.id, id));
		return found;
	}

	async byName(name: string): Promise<UserRecord | undefined> {
		const [found] = await this.#db.select().from(this.#users).where(eq(this.#users.name, name));
		return found;
	}

	/** Adds a person, who may log in. @throws the database's error when the name is there already. */
	async create({ email = null, sub = null, ...user }: NewUser): Promise<UserRecord> {
		const values = { ...user, email, sub, isActive: true };
		const [made] = await this.#db
			.insert(this.#users)
			.values(values)
			.returning({ id: this.#users.id });
		return { id: made?.id ?? 0, ...values };
	}

	/** Ends the person's sessions, as what follows. */
	async setRole(id: number, role: Role): Promise<void> {
		await this.#endSessions(id);
		await this.#db.update(this.#users).set({ role }).where(eq(this.#users.id, id));
	}

	/** @param hash Of the new password. */
	async setPassword(id: number, hash: string): Promise<void> {
		await this.#endSessions(id);
		await this.#db.update(this.#users).set({ hash }).where(eq(this.#users.id, id));
	}

	/** Whether a person may log in. */
	async setActive(id: number, isActive: boolean): Promise<void> {
		await this.#endSessions(id);
		await this.#db.update(this.#users).set({ isActive }).where(eq(this.#users.id, id));
	}

	async remove(id: number): Promise<void> {
		await this.#endSessions(id);
		await this.#db.delete(this.#users).where(eq(this.#users.id, id));
	}

	/**
	 * Adds a code. Of codes that have ended the last ones are kept: by a clock that is ahead they only seem to have.
	 */
	async addCode(code: RegistrationCode): Promise<void> {
		const last = this.#db
			.select({ hash: this.#codes.hash })
			.from(this.#codes)
			.orderBy(desc(this.#codes.createdAt))
			.limit(MAX_ENDED_CODES);
		const hasEnded = lte(this.#codes.expiresAt, code.createdAt);
		const isOld = and(hasEnded, notInArray(this.#codes.hash, last));
		await this.#db.delete(this.#codes).where(or(lte(this.#codes.usesLeft, 0), isOld));
		await this.#db.insert(this.#codes).values(code);
	}

	/** Codes that can still be used, the oldest first. @param now Unix time, seconds. */
	async codes(now: number): Promise<RegistrationCode[]> {
		const isUsable = and(gt(this.#codes.usesLeft, 0), gt(this.#codes.expiresAt, now));
		return await this.#db.select().from(this.#codes).where(isUsable).orderBy(this.#codes.createdAt);
	}

	/**
	 * Uses a code once.
	 * @param now Unix time, seconds.
	 * @returns false when there is none with this hash, it has ended or is used up.
	 */
	async useCode(hash: string, now: number): Promise<boolean> {
		const isUsable = and(gt(this.#codes.usesLeft, 0), gt(this.#codes.expiresAt, now));
		const used = await this.#db
			.update(this.#codes)
			.set({ usesLeft: sql`${this.#codes.usesLeft} - 1` })
			.where(and(eq(this.#codes.hash, hash), isUsable))
			.returning({ hash: this.#codes.hash });
		return used.length > 0;
	}

	async removeCodes(): Promise<void> {
		await this.#db.delete(this.#codes);
	}

	/** First: a change that is cut short must not leave the sessions of the login before. */
	async #endSessions(id: number): Promise<void> {
		await this.#db.delete(this.#sessions).where(eq(this.#sessions.userId, id));
	}
}
