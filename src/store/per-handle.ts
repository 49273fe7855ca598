import type { Db } from "./db.ts";

/** Makes repositories once for each handle: they may hold prepared statements of its connection. */
export function perHandle<R>(make: (db: Db) => R): (db: Db) => R {
	const made = new WeakMap<Db, R>();
	return (db) => {
		const known = made.get(db);
		if (known !== undefined) return known;
		const rows = make(db);
		made.set(db, rows);
		return rows;
	};
}
