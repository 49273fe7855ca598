import type { Columns } from "../columns.ts";
import type { Db } from "../db.ts";
import type { ModuleSchema } from "../module-schema.ts";
import type { StoreOptions } from "../place.ts";
import type { ReaderPort } from "../port.ts";
import { readAddress } from "./address.ts";
import { postgresColumns } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { cannotRead, stateOf } from "./failures.ts";
import { inReadTransaction } from "./reads.ts";
import { cannotOpen, connect, noTables } from "./start.ts";
import { PostgresVersions } from "./versions.ts";

/** Commands say at once what is wrong. */
const WAIT_MS = 0;
/** States of SQL that are the asker's own mistake: it would change something, or names what is not there. */
const ABOUT_THE_QUESTION = /^(25006|42)/;

/** Reads a PostgreSQL database while a server may be using it, for the command line. */
export class PostgresReader implements ReaderPort {
	readonly columns: Columns = postgresColumns;
	readonly #connection: Connection;
	readonly #modules: string[];

	private constructor(connection: Connection, modules: string[]) {
		this.#connection = connection;
		this.#modules = modules;
	}

	/**
	 * @param schemas What is going to be read must be of this program's version.
	 * @throws ConfigError when it cannot be reached or read: OutdatedDatabaseError when its tables are older, or not there.
	 */
	static async open(
		options: StoreOptions,
		schemas: readonly ModuleSchema[] = [],
	): Promise<PostgresReader> {
		const address = readAddress(options.url, options);
		const connection = await connect(address, { warn: () => {} }, WAIT_MS);
		try {
			const versions = new PostgresVersions(address, schemas, options.postgres);
			if (!(await versions.check(connection.ask))) throw noTables(address);
			return new PostgresReader(connection, await versions.modules(connection.ask));
		} catch (error) {
			connection.close();
			throw cannotOpen(address, error);
		}
	}

	async read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		const { ask } = this.#connection;
		try {
			return await inReadTransaction(ask, work);
		} catch (error) {
			throw cannotRead(error);
		} finally {
			await ask("ROLLBACK").catch(() => {});
		}
	}

	async query(sql: string): Promise<Record<string, unknown>[]> {
		const { ask, objects } = this.#connection;
		try {
			await ask("BEGIN READ ONLY");
			return await objects(sql);
		} catch (error) {
			throw ABOUT_THE_QUESTION.test(stateOf(error)) ? error : cannotRead(error);
		} finally {
			await ask("ROLLBACK").catch(() => {});
		}
	}

	modules(): string[] {
		return this.#modules;
	}

	close(): void {
		this.#connection.close();
	}
}
