import type { Database } from "bun:sqlite";
import { openToRead } from "./db.ts";
import { DeviceRows } from "./devices.ts";
import { FunctionRows } from "./functions.ts";
import { GraphRows } from "./graphs.ts";

/** Reads the database beside whoever writes it, each call of {@link read} as of one moment. */
export class StoreReader {
	readonly devices: DeviceRows;
	readonly functions: FunctionRows;
	readonly graphs: GraphRows;
	readonly #sqlite: Database;

	/** @throws ConfigError when the file is not there or cannot be read. */
	constructor(path: string) {
		const { sqlite, db } = openToRead(path);
		this.#sqlite = sqlite;
		this.devices = new DeviceRows(db);
		this.functions = new FunctionRows(db);
		this.graphs = new GraphRows(db);
	}

	/** Runs queries that see one and the same state. */
	read<T>(work: (reader: StoreReader) => T): T {
		return this.#sqlite.transaction(() => work(this))();
	}

	/** Runs one SQL statement that reads. @throws the error of SQLite, also when it would write. */
	query(sql: string): Record<string, unknown>[] {
		return this.#sqlite.query<Record<string, unknown>, []>(sql).all();
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
