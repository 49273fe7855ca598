import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { ConfigError, DamageError } from "../kit/mod.ts";
import { cannotOpen, isThere } from "./cannot-open.ts";
import init from "./migrations/0000_init.sql" with { type: "text" };
import monitorAndClients from "./migrations/0001_monitor_and_clients.sql" with { type: "text" };
import retained from "./migrations/0002_retained.sql" with { type: "text" };
import accounts from "./migrations/0003_accounts.sql" with { type: "text" };
import awayTime from "./migrations/0004_away_time.sql" with { type: "text" };
import origins from "./migrations/0005_origins.sql" with { type: "text" };
import refusedFunctions from "./migrations/0006_refused_functions.sql" with { type: "text" };
import sessions from "./migrations/0007_sessions.sql" with { type: "text" };
import serverId from "./migrations/0008_server_id.sql" with { type: "text" };

/** The drizzle handle the repositories work with. */
export type Db = ReturnType<typeof openDb>["db"];

/** In order; how many of them a file has had is its `user_version`. */
const MIGRATIONS: readonly string[] = [
	init,
	monitorAndClients,
	retained,
	accounts,
	awayTime,
	origins,
	refusedFunctions,
	sessions,
	serverId,
];

/** How long a start waits for another program to give the database free. */
const OPEN_TIMEOUT_MS = 2000;

/**
 * Opens the SQLite file (or `:memory:`) in WAL mode and brings its schema up to date.
 * @throws ConfigError when another or a newer program made it, DamageError when it is broken.
 */
export function openDb(path: string) {
	const sqlite = new Database(path, { create: true, strict: true });
	try {
		sqlite.run(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
		const version = versionOf(path, sqlite);
		checkHealth(sqlite);
		sqlite.run("PRAGMA journal_mode = WAL");
		sqlite.run("PRAGMA foreign_keys = ON");
		// What a start writes is flushed by SQLite, what comes later in a thread: see Disk.
		sqlite.run("PRAGMA synchronous = FULL");
		migrate(sqlite, version);
		sqlite.run("PRAGMA synchronous = NORMAL");
		sqlite.run("PRAGMA wal_autocheckpoint = 0");
		// From here on the commit queue waits for others, not the event loop.
		sqlite.run("PRAGMA busy_timeout = 0");
		return { sqlite, db: drizzle({ client: sqlite }) };
	} catch (error) {
		sqlite.close();
		throw error;
	}
}

/**
 * Opens an existing SQLite file to read, beside a server that may be running with it.
 * @throws ConfigError when it is not there, or of another version.
 */
export function openToRead(path: string) {
	if (!isThere(path)) {
		throw new ConfigError(
			`Cannot read the database "${path}": it does not exist; make it with: iotctl initdb`,
		);
	}
	const sqlite = openExisting(path);
	try {
		sqlite.run(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
		sqlite.run("PRAGMA query_only = ON");
		const version = versionOf(path, sqlite);
		if (version < MIGRATIONS.length) {
			throw new ConfigError(
				`Cannot read the database "${path}": an older version of iotctl wrote it; bring it up to date with: iotctl initdb`,
			);
		}
		return { sqlite, db: drizzle({ client: sqlite }) };
	} catch (error) {
		sqlite.close();
		throw cannotOpen(path, error);
	}
}

/** Opens a file that must be there. @throws ConfigError in the system's words. */
export function openExisting(path: string): Database {
	try {
		return new Database(path, { readwrite: true, create: false, strict: true });
	} catch (error) {
		throw cannotOpen(path, error);
	}
}

/**
 * Opens a copy of a database to look it through, and puts all of it into one file.
 * @throws ConfigError when another or a newer program made it, DamageError or SQLite's error when it is broken.
 */
export function openCopy(path: string): Database {
	const sqlite = new Database(path, { readwrite: true, create: false, strict: true });
	try {
		const { n } = sqlite
			.query<{ n: number }, []>(
				"SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('devices', 'functions', 'graphs', 'links')",
			)
			.get() ?? { n: 0 };
		if (n < 4) throw new ConfigError(`Cannot use "${path}": it is not a database of iotctl`);
		versionOf(path, sqlite);
		checkHealth(sqlite);
		sqlite.run("PRAGMA journal_mode = DELETE");
		return sqlite;
	} catch (error) {
		sqlite.close();
		throw error;
	}
}

function checkHealth(sqlite: Database): void {
	const found = sqlite.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get();
	if (found?.quick_check !== "ok") throw new DamageError(found?.quick_check ?? "no answer");
}

function versionOf(path: string, sqlite: Database): number {
	const version =
		sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
	if (version > MIGRATIONS.length) {
		throw new ConfigError(
			`Cannot use the database "${path}": a newer version of iotctl wrote it (schema ${version}, this program knows ${MIGRATIONS.length}); use that version, or another userdir`,
		);
	}
	const tables = sqlite.query<{ n: number }, []>("SELECT count(*) AS n FROM sqlite_schema").get();
	if (version === 0 && tables?.n !== 0) {
		throw new ConfigError(
			`Cannot use the database "${path}": another program's tables are in it; set url in [core-db] to a file of its own`,
		);
	}
	return version;
}

// drizzle's own migrate() wants a folder beside the program; the executable has none.
function migrate(sqlite: Database, version: number): void {
	if (version === MIGRATIONS.length) return;
	sqlite.transaction(() => {
		for (const migration of MIGRATIONS.slice(version)) sqlite.run(migration);
		sqlite.run(`PRAGMA user_version = ${MIGRATIONS.length}`);
	})();
}
