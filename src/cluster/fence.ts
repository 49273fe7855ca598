import { and, eq } from "drizzle-orm";
import { ElsewhereError } from "../kit/mod.ts";
import { type Columns, type Db, forShare } from "../store/mod.ts";
import type { Lease } from "./lease.ts";
import { PROJECTS } from "./partition-of.ts";
import { clusterTables } from "./schema.ts";

/** Another node owns the partition by now: the change was not made, and its sender may repeat it. */
export class FencedError extends ElsewhereError {
	constructor(readonly lease: Lease) {
		super(
			lease.partition === PROJECTS
				? "the server cannot store this now: another node has taken over the project manager"
				: `the server cannot store this now: another node has taken over partition ${lease.partition}`,
		);
	}
}

/**
 * Begins each unit of work that changes something of a partition: no one can take it over before that has ended, and
 * a node that was replaced changes nothing.
 * @param db Of the unit of work.
 * @param node Whose lease it is: where a standby without the last changes became the database, a token may be given twice.
 * @throws FencedError when the lease is not this node's any more.
 */
export async function fence(
	db: Db,
	columns: Columns,
	node: string,
	{ partition, token }: Lease,
): Promise<void> {
	const { partitions } = clusterTables(columns);
	const found = await forShare(
		db
			.select({ id: partitions.id })
			.from(partitions)
			.where(
				and(eq(partitions.id, partition), eq(partitions.token, token), eq(partitions.owner, node)),
			),
	);
	if (found.length === 0) throw new FencedError({ partition, token });
}
