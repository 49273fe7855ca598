import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { ConfigError, DamageError } from "../kit/mod.ts";
import { cannotOpen, isThere } from "./cannot-open.ts";
import { damageIn } from "./damage.ts";
import { lookAt } from "./look.ts";
import type { ModuleSchema } from "./module-schema.ts";
import { ForeignDatabaseError, OutdatedDatabaseError, SchemaVersions } from "./schema-versions.ts";

/** The drizzle handle of a connection; repositories await what its builders make. */
export type Db = ReturnType<typeof handleOf>;

/** How long a start waits until another program unlocks the database. */
const OPEN_TIMEOUT_MS = 2000;

export function handleOf(sqlite: Database) {
	return drizzle({ client: sqlite });
}

/**
 * Opens the SQLite file in WAL mode and brings its tables up to date.
 * @throws ConfigError when another or a newer program made it, DamageError when it is broken.
 */
export function openDb(path: string, schemas: readonly ModuleSchema[]): Database {
	const sqlite = new Database(path, { create: true, strict: true });
	try {
		sqlite.run(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
		const versions = new SchemaVersions(path, sqlite, schemas);
		checkHealth(sqlite);
		sqlite.run("PRAGMA journal_mode = WAL");
		sqlite.run("PRAGMA foreign_keys = ON");
		// What a start writes is flushed by SQLite, what comes later in a thread: see Disk.
		sqlite.run("PRAGMA synchronous = FULL");
		versions.update();
		versions.checkTables();
		// The first read makes the log, which Disk keeps open.
		sqlite.run("SELECT 1 FROM sqlite_schema");
		sqlite.run("PRAGMA synchronous = NORMAL");
		sqlite.run("PRAGMA wal_autocheckpoint = 0");
		// From here on the commit queue waits for others, not the event loop.
		sqlite.run("PRAGMA busy_timeout = 0");
		return sqlite;
	} catch (error) {
		sqlite.close();
		throw error;
	}
}

/** A second connection that sees what is committed, and cannot write. */
export function openBeside(path: string): Database {
	const sqlite = new Database(path, { readonly: true, strict: true });
	sqlite.run(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
	return sqlite;
}

/**
 * Opens an existing SQLite file to read, beside a server that may be running with it.
 * @throws ConfigError when it is not there, or of another version: OutdatedDatabaseError for an older one.
 */
export function openToRead(
	path: string,
	schemas: readonly ModuleSchema[],
	setting?: string,
): Database {
	if (!isThere(path)) {
		throw new ConfigError(
			`Cannot read the database "${path}": it does not exist; create it with: iotctl initdb`,
		);
	}
	lookAt(path, schemas, setting);
	const sqlite = openExisting(path, setting);
	try {
		sqlite.run(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
		sqlite.run("PRAGMA query_only = ON");
		const versions = new SchemaVersions(path, sqlite, schemas);
		if (versions.behind().length > 0) {
			throw new OutdatedDatabaseError(
				`Cannot read the database "${path}": an older version of iotctl wrote it; bring it up to date with: iotctl initdb`,
			);
		}
		return sqlite;
	} catch (error) {
		sqlite.close();
		throw cannotOpen(path, error, setting);
	}
}

/** Opens a file that must be there. @param setting What names it in the ini. @throws ConfigError in the system's words. */
export function openExisting(path: string, setting?: string): Database {
	try {
		return new Database(path, { readwrite: true, create: false, strict: true });
	} catch (error) {
		throw cannotOpen(path, error, setting);
	}
}

/**
 * Opens a copy of a database to look it through, and puts all of it into one file.
 * @throws ConfigError when another or a newer program made it, DamageError or SQLite's error when it is broken.
 */
export function openCopy(path: string, schemas: readonly ModuleSchema[]): Database {
	const sqlite = new Database(path, { readwrite: true, create: false, strict: true });
	try {
		const { isEmpty } = new SchemaVersions(path, sqlite, schemas);
		if (isEmpty) throw new ForeignDatabaseError("nothing is in it");
		checkHealth(sqlite);
		sqlite.run("PRAGMA journal_mode = DELETE");
		return sqlite;
	} catch (error) {
		sqlite.close();
		if (!(error instanceof ForeignDatabaseError)) throw error;
		throw new ConfigError(`Cannot use "${path}": it is not a database of iotctl`);
	}
}

function checkHealth(sqlite: Database): void {
	const damage = damageIn(sqlite);
	if (damage !== undefined) throw new DamageError(damage);
}
