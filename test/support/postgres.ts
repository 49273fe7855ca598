// What repositories would say to PostgreSQL, without one.
import { drizzle } from "drizzle-orm/pg-proxy";
import type { Db } from "../../src/store/db.ts";

/** The one cast of another dialect: its builders have the shape of SQLite's. */
const asSqlite = <T>(other: unknown) => other as T;

/** A database that finds nothing, and notes what it is asked. */
export function notedDatabase(): { db: Db; asked: string[] } {
	const asked: string[] = [];
	const db = drizzle(async (sql) => {
		asked.push(sql);
		return { rows: [] };
	});
	return { db: asSqlite(db), asked };
}
