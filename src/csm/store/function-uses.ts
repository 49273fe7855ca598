import { eq, type SQL, sql } from "drizzle-orm";
import type { Columns, Db } from "../../store/mod.ts";
import type { CsmTables } from "./tables.ts";

/** Digests of links and joins, each as often as it is used, helpers included. A damaged row has no helpers. */
export function allUses({ jsonValues }: Columns): SQL {
	return sql`
	SELECT func AS digest FROM links WHERE func IS NOT NULL
	UNION ALL SELECT join_func FROM graphs WHERE join_func IS NOT NULL
	UNION ALL SELECT helpers.value FROM links, ${jsonValues("links.depends")} AS helpers
	UNION ALL SELECT helpers.value FROM graphs, ${jsonValues("graphs.join_depends")} AS helpers`;
}

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
export async function listWithUses(
	db: Db,
	{ functions }: CsmTables,
	uses: SQL,
): Promise<UsedFunction[]> {
	const { digest, listed, code } = functions;
	const used = sql`(
		SELECT each_use.digest, count(*) AS n FROM (${uses}) AS each_use GROUP BY each_use.digest
	) AS used`;
	return await db
		.select({
			digest,
			listed,
			bytes: sql<number>`octet_length(${code})`.mapWith(Number),
			uses: sql<number>`coalesce(used.n, 0)`.mapWith(Number),
		})
		.from(functions)
		.leftJoin(used, eq(sql`used.digest`, digest))
		.orderBy(digest);
}
