import { count, eq, sql } from "drizzle-orm";
import { type Db, onFirstUse } from "../../store/mod.ts";
import type { CsmTables } from "./tables.ts";

/**
 * What most requests ask of the functions table, prepared: making a statement takes longer than running it. Each is made
 * for its first use: a handle that only reads never needs most of them.
 */
export function functionStatements(db: Db, functions: CsmTables["functions"]) {
	const { digest, listed } = functions;
	const row = {
		digest: sql.placeholder("digest"),
		code: sql.placeholder("code"),
		usedAt: sql.placeholder("usedAt"),
	};
	const usedAt = excluded(functions.usedAt);
	const is = eq(digest, sql.placeholder("digest"));
	return {
		count: onFirstUse(() => db.select({ n: count() }).from(functions).prepare()),
		countListed: onFirstUse(() =>
			db.select({ n: count() }).from(functions).where(eq(listed, true)).prepare(),
		),
		isListed: onFirstUse(() => db.select({ listed }).from(functions).where(is).limit(1).prepare()),
		add: onFirstUse(() =>
			db
				.insert(functions)
				.values({ ...row, listed: true })
				.onConflictDoUpdate({
					target: digest,
					set: { code: excluded(functions.code), listed: true, usedAt },
				})
				.prepare(),
		),
		keep: onFirstUse(() =>
			db
				.insert(functions)
				.values({ ...row, listed: false })
				.onConflictDoUpdate({ target: digest, set: { usedAt } })
				.prepare(),
		),
	};
}

/** The value of the row that was to be inserted. */
function excluded({ name }: { readonly name: string }) {
	return sql.raw(`excluded.${name}`);
}
