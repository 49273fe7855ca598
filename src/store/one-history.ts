import { Database } from "bun:sqlite";
import type { ModuleSchema } from "./module-schema.ts";

/** Its first step made this one in every database, whichever modules a program of today has. */
const FIRST: readonly [string, readonly string[]] = ["devices", ["da_id", "rev", "profile"]];

/**
 * What a database has whose modules had one history of so many steps: the columns of each table. They are read from
 * a database in memory in which these steps are run.
 */
export function tablesOfOneHistory(
	version: number,
	schemas: readonly ModuleSchema[],
): ReadonlyMap<string, readonly string[]> {
	const steps = schemas
		.flatMap(({ migrations }) => migrations)
		.flatMap(({ sql, formerly }) => (formerly === undefined ? [] : [{ sql, formerly }]))
		.filter(({ formerly }) => formerly <= version)
		.toSorted((a, b) => a.formerly - b.formerly);
	const sqlite = new Database(":memory:", { strict: true });
	try {
		for (const { sql } of steps) sqlite.run(sql);
		const names = sqlite
			.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'")
			.all();
		return new Map([FIRST, ...names.map(({ name }) => [name, columnsOf(sqlite, name)] as const)]);
	} finally {
		sqlite.close();
	}
}

/** Names of a table's columns; none where there is no such table. */
export function columnsOf(sqlite: Database, table: string): string[] {
	return sqlite
		.query<{ name: string }, [string]>(
			"SELECT c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name = ?",
		)
		.all(table)
		.map(({ name }) => name);
}
