// What tables are made of in PostgreSQL, to see what repositories would say to it; no test needs one.
import * as pg from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/pg-proxy";
import type { Columns } from "../../src/store/columns.ts";
import type { Db } from "../../src/store/db.ts";

const bytea = pg.customType<{ data: Buffer }>({ dataType: () => "bytea" });
const columns = {
	table: pg.pgTable,
	text: pg.text,
	real: pg.doublePrecision,
	integer: (name: string) => pg.bigint(name, { mode: "number" }),
	boolean: (name: string) => pg.boolean(name),
	bytes: (name: string) => bytea(name),
	primaryKey: pg.primaryKey,
	unique: pg.unique,
};

/** The one cast of another dialect: its builders have the shape of SQLite's. */
const asSqlite = <T>(other: unknown) => other as T;

export const postgresColumns: Columns = asSqlite(columns);

/** A database that finds nothing, and notes what it is asked. */
export function notedDatabase(): { db: Db; asked: string[] } {
	const asked: string[] = [];
	const db = drizzle(async (sql) => {
		asked.push(sql);
		return { rows: [] };
	});
	return { db: asSqlite(db), asked };
}
