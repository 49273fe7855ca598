import { and, asc, count, eq, inArray, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { functions } from "./schema.ts";

/** A user function in the store: SHA-256 of its UTF-8 source in lowercase hex, and the source. */
export interface FunctionRecord {
	readonly digest: string;
	readonly code: string;
}

/** Digests of links and joins, each as often as it is used, helpers included. */
const ALL_USES = sql.raw(`
	SELECT func AS digest FROM links WHERE func IS NOT NULL
	UNION ALL SELECT join_func FROM graphs WHERE join_func IS NOT NULL
	UNION ALL SELECT value FROM links, json_each(links.depends)
	UNION ALL SELECT value FROM graphs, json_each(graphs.join_depends)`);

/** The functions table, one for the whole server (`csm.md §4.3`). */
export class FunctionRows {
	readonly #db: Db;
	#lastUse: number | undefined;

	constructor(db: Db) {
		this.#db = db;
	}

	/** How many sources are stored. */
	count(): number {
		return this.#db.select({ n: count() }).from(functions).get()?.n ?? 0;
	}

	/** All stored functions without their sources; `uses` counts links and joins, helpers included. */
	list(): { digest: string; listed: boolean; bytes: number; uses: number }[] {
		return this.#db
			.all<{ digest: string; listed: number; bytes: number; uses: number }>(sql`
				SELECT functions.digest, listed, length(CAST(code AS BLOB)) AS bytes, coalesce(n, 0) AS uses
				FROM functions LEFT JOIN (
					SELECT digest, count(*) AS n FROM (${ALL_USES}) GROUP BY digest
				) AS used ON used.digest = functions.digest
				ORDER BY functions.digest`)
			.map((row) => ({ ...row, listed: row.listed === 1 }));
	}

	/** Lists functions; already listed ones only get a fresh time of use (`now`, Unix ms). */
	add(records: readonly FunctionRecord[], now: number): void {
		const usedAt = this.#useAt(now);
		for (const { digest, code } of records) {
			this.#db
				.insert(functions)
				.values({ digest, code, listed: true, usedAt })
				.onConflictDoUpdate({ target: functions.digest, set: { listed: true, usedAt } })
				.run();
		}
	}

	/** Unlists functions; links and joins that use them keep them. */
	unlist(digests: readonly string[]): void {
		for (const digest of digests) {
			this.#db.update(functions).set({ listed: false }).where(eq(functions.digest, digest)).run();
		}
	}

	/** Unlists the functions unused longest until at most `keep` are listed. */
	evict(keep: number): void {
		const listed = this.#db
			.select({ n: count() })
			.from(functions)
			.where(eq(functions.listed, true))
			.get();
		const surplus = (listed?.n ?? 0) - keep;
		if (surplus <= 0) return;
		const oldest = this.#db
			.select({ digest: functions.digest })
			.from(functions)
			.where(eq(functions.listed, true))
			.orderBy(asc(functions.usedAt), asc(functions.digest))
			.limit(surplus);
		this.#db
			.update(functions)
			.set({ listed: false })
			.where(inArray(functions.digest, oldest))
			.run();
	}

	/** Source of a listed function. */
	listedCode(digest: string): string | undefined {
		return this.#db
			.select({ code: functions.code })
			.from(functions)
			.where(and(eq(functions.digest, digest), eq(functions.listed, true)))
			.get()?.code;
	}

	/** Source of any stored function, listed or only kept by a link or join. */
	code(digest: string): string | undefined {
		return this.#db
			.select({ code: functions.code })
			.from(functions)
			.where(eq(functions.digest, digest))
			.get()?.code;
	}

	/** Keeps the sources of a link or join, listed or not, and notes the use (`now`, Unix ms) against eviction. */
	keep(records: readonly FunctionRecord[], now: number): void {
		const usedAt = this.#useAt(now);
		for (const { digest, code } of records) {
			this.#db
				.insert(functions)
				.values({ digest, code, listed: false, usedAt })
				.onConflictDoUpdate({ target: functions.digest, set: { usedAt } })
				.run();
		}
	}

	/** Forgets unlisted functions that no link and no join refers to. */
	sweep(): void {
		this.#db.run(sql`
			DELETE FROM functions WHERE listed = 0 AND digest NOT IN (${ALL_USES})`);
	}

	/** A time of use after all others: the machine's clock may be behind, or have been ahead. */
	#useAt(now: number): number {
		const latest = sql<number | null>`max(${functions.usedAt})`;
		this.#lastUse ??= this.#db.select({ latest }).from(functions).get()?.latest ?? 0;
		this.#lastUse = Math.max(now, this.#lastUse + 1);
		return this.#lastUse;
	}
}
