import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Db } from "../../src/store/db.ts";
import { MomentReader } from "../../src/store/moment-reader.ts";

let folder: string;
let sqlite: Database;
let reader: MomentReader;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-moment-"));
	const path = join(folder, "test.db");
	sqlite = new Database(path, { create: true });
	sqlite.run("PRAGMA journal_mode = WAL");
	sqlite.run("CREATE TABLE notes (n INTEGER)");
	reader = new MomentReader(path);
});
afterEach(async () => {
	await reader.close();
	sqlite.close();
	rmSync(folder, { recursive: true });
});

const count = async (db: Db) =>
	(await db.all<{ n: number }>(sql`SELECT count(*) AS n FROM notes`))[0]?.n;

test("all queries of a read see one moment, and the next read a later one", async () => {
	const seen = await reader.read(async (db) => {
		const before = await count(db);
		sqlite.run("INSERT INTO notes VALUES (1)");
		return [before, await count(db)];
	});
	expect(seen).toEqual([0, 0]);
	expect(await reader.read(count)).toBe(1);
});

test("a read that fails leaves the next one a moment of its own", async () => {
	await expect(reader.read(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
	sqlite.run("INSERT INTO notes VALUES (1)");
	expect(await reader.read(count)).toBe(1);
});

test("a read cannot write, and closing waits for it", async () => {
	const written = reader.read(async (db) => db.run(sql`INSERT INTO notes VALUES (1)`));
	written.catch(() => {});
	const reading = reader.read(count);
	await reader.close();
	await expect(written).rejects.toMatchObject({ cause: { code: "SQLITE_READONLY" } });
	expect(await reading).toBe(0);
});
