import { eq, getTableColumns, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { onFirstUse } from "./on-first-use.ts";
import { perHandle } from "./per-handle.ts";
import type { StorePort } from "./port.ts";
import { preparePut } from "./prepare-put.ts";
import { brokenRule } from "./row-rules.ts";
import { type StoreTables, storeTables } from "./schema.ts";

/** A session of a person, as it was when it was stored. */
export interface PageSessionRecord {
	/** SHA-256 of its secret in hex. */
	readonly hash: string;
	/** The person's. */
	readonly userId: number;
	/** Tells whether the person's login is still the same one. */
	readonly login: string;
	/** How long ago it began; only time during which a server runs counts. */
	readonly begunSeconds: number;
	/** How long ago it was used last, in the same time. */
	readonly idleSeconds: number;
}

type Table = StoreTables["pageSessions"];

/** The table of people's sessions. Writing methods belong inside `Store.write`. */
class PageSessionRows {
	readonly #db: Db;
	readonly #table: Table;
	/** Prepared, as what follows: there may be a thousand in a commit. */
	readonly #put: (row: Table["$inferSelect"]) => Promise<void>;
	readonly #remove: () => ReturnType<typeof prepareRemove>;

	constructor(db: Db, { pageSessions }: StoreTables) {
		this.#db = db;
		this.#table = pageSessions;
		this.#put = preparePut(db, pageSessions, [pageSessions.hash]);
		this.#remove = onFirstUse(() => prepareRemove(db, pageSessions));
	}

	/** Those that can be read; of others the person logs in again. */
	async all(): Promise<PageSessionRecord[]> {
		const rows = await this.#db.select().from(this.#table);
		const columns = getTableColumns(this.#table);
		return rows.filter((row) => brokenRule(columns, row) === undefined);
	}

	/** Stores a session, replacing what is known of it. */
	async put(session: PageSessionRecord): Promise<void> {
		await this.#put(session);
	}

	async remove(hash: string): Promise<void> {
		await this.#remove().execute({ hash });
	}
}

/** Where the sessions of people are kept. */
export function pageSessionDisk(store: StorePort) {
	const tables = storeTables(store.columns);
	const rowsIn = perHandle((db: Db) => new PageSessionRows(db, tables));
	return {
		load: () => rowsIn(store.reading).all(),
		save: (removed: readonly string[], kept: readonly PageSessionRecord[]) =>
			store.write(async (db) => {
				const rows = rowsIn(db);
				for (const hash of removed) await rows.remove(hash);
				for (const session of kept) await rows.put(session);
			}),
	};
}

function prepareRemove(db: Db, table: Table) {
	return db
		.delete(table)
		.where(eq(table.hash, sql.placeholder("hash")))
		.prepare();
}
