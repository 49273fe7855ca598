import type { Database } from "bun:sqlite";
import { type Columns, sqliteColumns } from "./columns.ts";
import { damageIn } from "./damage.ts";
import { type Db, handleOf, openToRead } from "./db.ts";
import type { ModuleSchema } from "./module-schema.ts";
import type { ReaderPort } from "./port.ts";

/** Reads the database while a server may be writing it, each call of {@link read} as of one moment. */
export class StoreReader implements ReaderPort {
	/** What tables of this database are made of. */
	readonly columns: Columns = sqliteColumns;
	readonly #sqlite: Database;
	readonly #db: Db;

	/**
	 * @param schemas What is going to be read must be of this program's version.
	 * @param setting What names the file in the ini.
	 * @throws ConfigError when the file is not there or cannot be read.
	 */
	constructor(path: string, schemas: readonly ModuleSchema[] = [], setting?: string) {
		this.#sqlite = openToRead(path, schemas, setting);
		this.#db = handleOf(this.#sqlite);
	}

	/** Runs queries that see one and the same state. */
	async read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		this.#sqlite.run("BEGIN");
		try {
			return await work(this.#db);
		} finally {
			this.#sqlite.run("ROLLBACK");
		}
	}

	/** Runs one SQL statement that reads. @throws the error of SQLite, also when it would write. */
	query(sql: string): Record<string, unknown>[] {
		return this.#sqlite.query<Record<string, unknown>, []>(sql).all();
	}

	/** What is damaged in the file; undefined: nothing is. @throws SQLite's error when it cannot be checked. */
	damage(): string | undefined {
		return damageIn(this.#sqlite);
	}

	/** Names of the modules whose tables are there. */
	modules(): string[] {
		const rows = this.#sqlite
			.query<{ module: string }, []>("SELECT module FROM schema_versions ORDER BY module")
			.all();
		return rows.map(({ module }) => module);
	}

	/** Writes a copy as of one moment, with everything in one file; the copy must not exist yet. */
	copyTo(path: string): void {
		// To SQLite a copy is writing, although this file stays as it is.
		this.#sqlite.run("PRAGMA query_only = OFF");
		this.#sqlite.run("VACUUM INTO ?", [path]);
		this.#sqlite.run("PRAGMA query_only = ON");
	}

	close(): void {
		this.#sqlite.close();
	}
}
