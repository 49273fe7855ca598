import { sql } from "drizzle-orm";
import {
	blob,
	integer,
	primaryKey,
	real,
	sqliteTable,
	text,
	unique,
} from "drizzle-orm/sqlite-core";

/**
 * What tables are made of: a module writes its tables once, as a function of this, and each database passes its own
 * builders. Another dialect's have the same shape and are typed as SQLite's, with one cast where it is chosen.
 */
export const sqliteColumns = {
	table: sqliteTable,
	text,
	real,
	integer: (name: string) => integer(name),
	boolean: (name: string) => integer(name, { mode: "boolean" }),
	bytes: (name: string) => blob(name, { mode: "buffer" }),
	primaryKey,
	unique,
	/** What a query joins to see the values of a column that holds a JSON object, as `value`; other text has none. */
	jsonValues: (column: string) =>
		sql.raw(`json_each(CASE WHEN json_valid(${column}) THEN ${column} ELSE '{}' END)`),
};

export type Columns = typeof sqliteColumns;
