import { asc, eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import { tokens, users } from "./schema.ts";

/** An administrator. */
export interface UserRecord {
	readonly name: string;
	/** Of the password, by argon2id, salt and costs included. */
	readonly hash: string;
	/** Unix time, seconds. */
	readonly createdAt: number;
}

/** What devices register with. */
export interface TokenRecord {
	readonly name: string;
	/** SHA-256 of the token in hex: it is long and random, so no slower hash is needed. */
	readonly hash: string;
	readonly createdAt: number;
	/** Unix time in seconds; null: never. */
	readonly expiresAt: number | null;
}

/** The users and tokens tables. Another process may change them: they are looked up when they are needed. */
export class AccountRows {
	readonly #db: Db;

	constructor(db: Db) {
		this.#db = db;
	}

	users(): UserRecord[] {
		return this.#db.select().from(users).orderBy(asc(users.name)).all();
	}

	user(name: string): UserRecord | undefined {
		return this.#db.select().from(users).where(eq(users.name, name)).get();
	}

	/** Adds a user or replaces the password. */
	putUser(user: UserRecord): void {
		this.#db
			.insert(users)
			.values(user)
			.onConflictDoUpdate({ target: users.name, set: { hash: user.hash } })
			.run();
	}

	removeUser(name: string): void {
		this.#db.delete(users).where(eq(users.name, name)).run();
	}

	tokens(): TokenRecord[] {
		return this.#db.select().from(tokens).orderBy(asc(tokens.name)).all();
	}

	tokenByHash(hash: string): TokenRecord | undefined {
		return this.#db.select().from(tokens).where(eq(tokens.hash, hash)).get();
	}

	addToken(token: TokenRecord): void {
		this.#db.insert(tokens).values(token).run();
	}

	removeToken(name: string): void {
		this.#db.delete(tokens).where(eq(tokens.name, name)).run();
	}
}
