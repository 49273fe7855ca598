import { sql } from "drizzle-orm";
import type { Db } from "../../store/mod.ts";

// What only SQLite understands this way: its functions for JSON.

/** A damaged row must not keep others from being changed. */
const helpers = (column: string) =>
	`json_each(CASE WHEN json_valid(${column}) THEN ${column} ELSE '{}' END)`;

/** Digests of links and joins, each as often as it is used, helpers included. */
export const ALL_USES = sql.raw(`
	SELECT func AS digest FROM links WHERE func IS NOT NULL
	UNION ALL SELECT join_func FROM graphs WHERE join_func IS NOT NULL
	UNION ALL SELECT value FROM links, ${helpers("links.depends")}
	UNION ALL SELECT value FROM graphs, ${helpers("graphs.join_depends")}`);

/** A stored function without its source. */
export interface UsedFunction {
	readonly digest: string;
	/** Whether `add_funcs` offers it. */
	readonly listed: boolean;
	readonly bytes: number;
	/** Links and joins that use it, helpers included. */
	readonly uses: number;
}

/** All stored functions, by digest. */
export async function listWithUses(db: Db): Promise<UsedFunction[]> {
	const rows = await db.all<Omit<UsedFunction, "listed"> & { readonly listed: number }>(sql`
		SELECT functions.digest, listed, length(CAST(code AS BLOB)) AS bytes, coalesce(n, 0) AS uses
		FROM functions LEFT JOIN (
			SELECT digest, count(*) AS n FROM (${ALL_USES}) GROUP BY digest
		) AS used ON used.digest = functions.digest
		ORDER BY functions.digest`);
	return rows.map((row) => ({ ...row, listed: row.listed === 1 }));
}
