import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { ConfigError } from "../errors.ts";
import init from "./migrations/0000_init.sql" with { type: "text" };
import monitorAndClients from "./migrations/0001_monitor_and_clients.sql" with { type: "text" };

/** The drizzle handle the repositories work with. */
export type Db = ReturnType<typeof openDb>["db"];

/** In order; how many of them a file has had is its `user_version`. */
const MIGRATIONS: readonly string[] = [init, monitorAndClients];

/** Opens the SQLite file (or `:memory:`) in WAL mode with full sync and brings its schema up to date. */
export function openDb(path: string) {
	const sqlite = new Database(path, { create: true, strict: true });
	try {
		sqlite.run("PRAGMA busy_timeout = 2000");
		sqlite.run("PRAGMA journal_mode = WAL");
		sqlite.run("PRAGMA synchronous = FULL");
		sqlite.run("PRAGMA foreign_keys = ON");
		migrate(path, sqlite);
		return { sqlite, db: drizzle({ client: sqlite }) };
	} catch (error) {
		sqlite.close();
		throw error;
	}
}

// drizzle's own migrate() wants a folder beside the program; the executable has none.
function migrate(path: string, sqlite: Database): void {
	const row = sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get();
	const version = row?.user_version ?? 0;
	if (version > MIGRATIONS.length) {
		throw new ConfigError(
			`Cannot use the database "${path}": a newer version of iotctl wrote it (schema ${version}, this program knows ${MIGRATIONS.length}); use that version, or another userdir`,
		);
	}
	sqlite.transaction(() => {
		for (const migration of MIGRATIONS.slice(version)) sqlite.run(migration);
		sqlite.run(`PRAGMA user_version = ${MIGRATIONS.length}`);
	})();
}
