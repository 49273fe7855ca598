import type { Database } from "bun:sqlite";
import { AccountRows } from "./accounts.ts";
import { sqliteColumns } from "./columns.ts";
import { handleOf, openExisting } from "./db.ts";
import { storeTables } from "./schema.ts";

/** How long a change waits while the server writes. */
const BUSY_TIMEOUT_MS = 5000;

/** The accounts of a database, to be changed beside a server that may be running with it. */
export class AccountsFile {
	readonly accounts: AccountRows;
	readonly #sqlite: Database;

	/** @param path An existing database of this version. */
	constructor(path: string) {
		this.#sqlite = openExisting(path);
		this.#sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
		// What was answered as revoked stays revoked after a power cut.
		this.#sqlite.run("PRAGMA synchronous = FULL");
		this.accounts = new AccountRows(handleOf(this.#sqlite), storeTables(sqliteColumns));
	}

	close(): void {
		this.#sqlite.close();
	}
}
