import { eq } from "drizzle-orm";
import type { Columns, Db } from "../store/mod.ts";
import { clusterTables } from "./schema.ts";

/**
 * Keeps, with the change of a graph, which request asked for it: the same one comes again when its node dies before it has
 * acknowledged it.
 * @param db Of the unit of work.
 * @param digest Of the request; null: nothing is kept of the graph any more.
 */
export async function noteRequest(
	db: Db,
	columns: Columns,
	graph: string,
	digest: string | null,
): Promise<void> {
	const { requests } = clusterTables(columns);
	if (digest === null) {
		await db.delete(requests).where(eq(requests.graph, graph));
		return;
	}
	await db
		.insert(requests)
		.values({ graph, digest })
		.onConflictDoUpdate({ target: requests.graph, set: { digest } });
}
