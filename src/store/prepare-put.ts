import { getTableColumns, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db } from "./db.ts";
import { onFirstUse } from "./on-first-use.ts";

/**
 * Prepares "store this row in place of the one with its key": rows come by the thousand, and making a statement takes
 * longer than running it. It is made for the first row: a handle that only reads never needs it.
 * @param key Columns that are unique together.
 */
export function preparePut<T extends SQLiteTable>(
	db: Db,
	table: T,
	key: SQLiteColumn[],
): (row: T["$inferSelect"]) => Promise<void> {
	const statement = onFirstUse(() => prepare(db, table, key));
	return async (row) => {
		await statement().execute(row);
	};
}

function prepare<T extends SQLiteTable>(db: Db, table: T, key: SQLiteColumn[]) {
	const columns = Object.entries(getTableColumns(table));
	const values = columns.map(([name]) => [name, sql.placeholder(name)]);
	const changes = columns
		.filter(([, column]) => !key.includes(column))
		.map(([name, column]) => [name, sql.raw(`excluded.${column.name}`)]);
	return db
		.insert(table)
		.values(Object.fromEntries(values))
		.onConflictDoUpdate({ target: key, set: Object.fromEntries(changes) })
		.prepare();
}
