import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { handleOf } from "../../src/store/db.ts";
import { perHandle } from "../../src/store/per-handle.ts";

test("repositories are made once for each handle of a database", () => {
	const sqlite = new Database(":memory:");
	const [writing, reading] = [handleOf(sqlite), handleOf(sqlite)];
	const rowsOf = perHandle((db) => ({ db }));
	const rows = rowsOf(writing);
	expect(rows.db).toBe(writing);
	expect(rowsOf(writing)).toBe(rows);
	expect(rowsOf(reading).db).toBe(reading);
	expect(rowsOf(reading)).not.toBe(rows);
	sqlite.close();
});
