import { sql } from "drizzle-orm";
import {
	bigint,
	boolean,
	customType,
	doublePrecision,
	pgTable,
	primaryKey,
	text,
	unique,
} from "drizzle-orm/pg-core";
import type { Columns } from "../columns.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

const columns = {
	table: pgTable,
	text,
	real: doublePrecision,
	integer: (name: string) => bigint(name, { mode: "number" }),
	boolean: (name: string) => boolean(name),
	bytes: (name: string) => bytea(name),
	primaryKey,
	unique,
	// A function of our own: what is not JSON counts as nothing.
	jsonValues: (column: string) => sql.raw(`jsonb_each_text(json_or_empty(${column}))`),
};

/** What tables are made of in PostgreSQL: its builders have the shape of SQLite's, in which everything is typed. */
export const postgresColumns = columns as unknown as Columns;
