import { asc, eq } from "drizzle-orm";
import type { Db } from "./db.ts";
import type { StoreTables } from "./schema.ts";

/** What devices register with. */
export interface TokenRecord {
	readonly name: string;
	/** SHA-256 of the token in hex: it is long and random, so no slower hash is needed. */
	readonly hash: string;
	readonly createdAt: number;
	/** Unix time in seconds; null: never. */
	readonly expiresAt: number | null;
}

/** What a service of another process logs in with. */
export interface ServiceSecret {
	/** Such as `ccm`. */
	readonly name: string;
	/** SHA-256 in hex. */
	readonly hash: string;
	readonly createdAt: number;
}

/** Tokens of devices and secrets of services. Another process may change them: `Store.changedOutside` tells. */
export class SecretRows {
	readonly #db: Db;
	readonly #tokens: StoreTables["tokens"];
	readonly #services: StoreTables["serviceSecrets"];

	constructor(db: Db, { tokens, serviceSecrets }: StoreTables) {
		this.#db = db;
		this.#tokens = tokens;
		this.#services = serviceSecrets;
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

	/** All secrets of services by name. */
	async services(): Promise<ServiceSecret[]> {
		return await this.#db.select().from(this.#services).orderBy(asc(this.#services.name));
	}

	/** Adds the secret of a service, or replaces it. */
	async putService(secret: ServiceSecret): Promise<void> {
		const { hash, createdAt } = secret;
		await this.#db
			.insert(this.#services)
			.values(secret)
			.onConflictDoUpdate({ target: this.#services.name, set: { hash, createdAt } });
	}
}
