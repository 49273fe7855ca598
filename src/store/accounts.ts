import { asc, eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import type { StoreTables } from "./schema.ts";

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

/** The users and tokens tables. Another process may change them: `Store.changedOutside` tells. */
export class AccountRows {
	readonly #db: Db;
	readonly #users: StoreTables["users"];
	readonly #tokens: StoreTables["tokens"];

	constructor(db: Db, { users, tokens }: StoreTables) {
		this.#db = db;
		this.#users = users;
		this.#tokens = tokens;
	}

	/** All users by name. */
	async users(): Promise<UserRecord[]> {
		return await this.#db.select().from(this.#users).orderBy(asc(this.#users.name));
	}

	async user(name: string): Promise<UserRecord | undefined> {
		const [found] = await this.#db.select().from(this.#users).where(eq(this.#users.name, name));
		return found;
	}

	/** Adds a user or replaces the password. */
	async putUser(user: UserRecord): Promise<void> {
		await this.#db
			.insert(this.#users)
			.values(user)
			.onConflictDoUpdate({ target: this.#users.name, set: { hash: user.hash } });
	}

	async removeUser(name: string): Promise<void> {
		await this.#db.delete(this.#users).where(eq(this.#users.name, name));
	}

	/** All tokens by name. */
	async tokens(): Promise<TokenRecord[]> {
		return await this.#db.select().from(this.#tokens).orderBy(asc(this.#tokens.name));
	}

	/** Adds a token. @throws the database's error when its name or hash is there already. */
	async addToken(token: TokenRecord): Promise<void> {
		await this.#db.insert(this.#tokens).values(token);
	}

	async removeToken(name: string): Promise<void> {
		await this.#db.delete(this.#tokens).where(eq(this.#tokens.name, name));
	}
}
