/** What the builder of a `SELECT` has in PostgreSQL, and is not typed with. */
interface Lockable<Q> {
	for(strength: "share" | "update"): Q;
}

/**
 * Locks what a query finds until the transaction ends: others may read it, no one may change it.
 * @param query Of a PostgreSQL database; SQLite has one writer anyway, and no such lock.
 */
export function forShare<Q>(query: Q): Q {
	return (query as Lockable<Q>).for("share");
}

/** As {@link forShare}, and no one else may lock it either. */
export function forUpdate<Q>(query: Q): Q {
	return (query as Lockable<Q>).for("update");
}
