import type { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { AccountRows } from "./accounts.ts";
import { openExisting } from "./db.ts";

/** How long a change waits for the server to let it in. */
const BUSY_TIMEOUT_MS = 5000;

/** The accounts of a database, to be changed beside a server that may be running with it. */
export class AccountsFile {
	readonly accounts: AccountRows;
	readonly #sqlite: Database;

	/** @param path An existing database of this version. */
	constructor(path: string) {
		this.#sqlite = openExisting(path);
		this.#sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
		// Whoever was told that a token is revoked must be able to pull the plug.
		this.#sqlite.run("PRAGMA synchronous = FULL");
		this.accounts = new AccountRows(drizzle({ client: this.#sqlite }));
	}

	close(): void {
		this.#sqlite.close();
	}
}
