import { drizzle } from "drizzle-orm/pg-proxy";
import type { Db } from "../db.ts";
import type { Ask } from "./connection.ts";

/** What drizzle keeps of its way to the database. */
interface Inner {
	readonly session: {
		prepareQuery(...details: unknown[]): {
			queryWithCache(text: string, params: unknown, ask: () => Promise<unknown>): Promise<unknown>;
		};
	};
}

/** The drizzle handle over whatever answers questions; typed as SQLite's, whose builders have the same shape. */
export function handleOver(ask: Ask): Db {
	const db = drizzle(async (text, params) => ({ rows: await ask(text, params) }));
	throwAsTheyAre(db as unknown as Inner);
	return db as unknown as Db;
}

/** drizzle would throw an error of its own with the statement and all values in it; callers go by the real one. */
function throwAsTheyAre({ session }: Inner): void {
	const prepare = session.prepareQuery.bind(session);
	session.prepareQuery = (...details) => {
		const query = prepare(...details);
		query.queryWithCache = (_, __, ask) => ask();
		return query;
	};
}
