import { StorageError } from "../../kit/mod.ts";
import { AccountRows } from "../accounts.ts";
import type { Columns } from "../columns.ts";
import type { Db } from "../db.ts";
import type { ModuleSchema } from "../module-schema.ts";
import type { StoreOptions } from "../place.ts";
import type { StorePort } from "../port.ts";
import { storeTables } from "../schema.ts";
import { readAddress } from "./address.ts";
import { postgresColumns } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { cannotChange } from "./failures.ts";
import { handleOver } from "./handle.ts";
import { cannotOpen, connect, noTables } from "./start.ts";
import { PostgresVersions } from "./versions.ts";

/** A PostgreSQL database in which all changes are undone when it is closed, also while a server uses it. */
export class Rehearsal implements StorePort {
	readonly columns: Columns = postgresColumns;
	readonly reading: Db;
	readonly accounts: AccountRows;
	readonly serverId = undefined;
	readonly problem = undefined;
	readonly local: StorePort = this;
	readonly #connection: Connection;

	private constructor(
		connection: Connection,
		readonly path: string,
	) {
		this.#connection = connection;
		this.reading = handleOver(connection.ask);
		this.accounts = new AccountRows(this.reading, storeTables(this.columns));
	}

	/** @throws ConfigError as `PostgresReader.open`. */
	static async open(options: StoreOptions, schemas: readonly ModuleSchema[]): Promise<Rehearsal> {
		const address = readAddress(options.url, options);
		const connection = await connect(address, { warn: () => {} }, 0);
		try {
			const versions = new PostgresVersions(address, schemas, options.postgres);
			if (!(await versions.check(connection.ask))) throw noTables(address);
			await connection.ask("BEGIN");
			return new Rehearsal(connection, address.text);
		} catch (error) {
			connection.close();
			throw cannotOpen(address, error);
		}
	}

	async write<T>(work: (db: Db) => Promise<T> | T): Promise<T> {
		if (!this.#connection.isOpen) throw new StorageError("the rehearsal is over");
		try {
			return await work(this.reading);
		} catch (error) {
			throw cannotChange(error);
		}
	}

	read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		return this.write(work);
	}

	readonly noticesAtOnce = true;

	changedOutside(): boolean {
		return false;
	}

	async close(): Promise<void> {
		if (!this.#connection.isOpen) return;
		await this.#connection.ask("ROLLBACK").catch(() => {});
		this.#connection.close();
	}
}
