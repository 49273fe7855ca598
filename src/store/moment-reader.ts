import type { Database } from "bun:sqlite";
import { KeyedQueue } from "../kit/mod.ts";
import { type Db, handleOf, openBeside } from "./db.ts";

/** Reads the database as of one moment, over a connection that is opened at the first read. */
export class MomentReader {
	readonly #path: string;
	readonly #queue = new KeyedQueue();
	#open: { readonly sqlite: Database; readonly db: Db } | undefined;

	constructor(path: string) {
		this.#path = path;
	}

	/** Runs queries that see one and the same committed state, those of one caller after those of another. */
	read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		return this.#queue.run("read", async () => {
			const { sqlite, db } = this.#connection();
			sqlite.run("BEGIN");
			try {
				return await work(db);
			} finally {
				sqlite.run("ROLLBACK");
			}
		});
	}

	/** Closes the connection when reads in flight have ended. */
	async close(): Promise<void> {
		await this.#queue.idle();
		this.#open?.sqlite.close();
		this.#open = undefined;
	}

	#connection(): { readonly sqlite: Database; readonly db: Db } {
		if (this.#open === undefined) {
			const sqlite = openBeside(this.#path);
			this.#open = { sqlite, db: handleOf(sqlite) };
		}
		return this.#open;
	}
}
