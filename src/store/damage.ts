import type { Database } from "bun:sqlite";

/**
 * What SQLite's check says of rows against the rules of their table: CHECK, NOT NULL, and types of STRICT tables. Other
 * programs can store such rows in a healthy file; the repositories leave out what they cannot read.
 */
const ABOUT_ROWS = /^(CHECK constraint failed in |NULL value in |non-\w+ value in |\w+ value in )/;
/** The first message is enough as long as it tells of damage; there may be one for every row. */
const ALL = 2 ** 31 - 1;

/**
 * What is damaged in a file itself; undefined: nothing is. Rows that break rules of their table are not damage.
 * @throws SQLite's error when it cannot even be checked.
 */
export function damageIn(sqlite: Database): string | undefined {
	const check = (most: number) =>
		sqlite.query<{ quick_check: string }, []>(`PRAGMA quick_check(${most})`);
	const first = check(1).get()?.quick_check ?? "no answer";
	if (first === "ok") return undefined;
	if (!ABOUT_ROWS.test(first)) return first;
	for (const { quick_check } of check(ALL).iterate()) {
		if (!ABOUT_ROWS.test(quick_check)) return quick_check;
	}
	return undefined;
}
