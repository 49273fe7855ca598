// What commands that read a database do, whichever kind it is, while a server may be writing it.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Db } from "../../src/store/db.ts";
import type { ModuleSchema } from "../../src/store/module-schema.ts";
import { openReader } from "../../src/store/open-reader.ts";
import { openStore } from "../../src/store/open-store.ts";
import { perColumns } from "../../src/store/per-columns.ts";
import type { ReaderPort, StorePort } from "../../src/store/port.ts";
import { OutdatedDatabaseError } from "../../src/store/schema-versions.ts";
import { eachDatabase } from "../support/databases.ts";
import { describeEach } from "../support/kinds.ts";
import { quietLog } from "../support/log.ts";

const tables = perColumns(({ table, text }) => ({
	notes: table("notes", { text: text("text").primaryKey() }),
}));
const NOTES: ModuleSchema = {
	module: "notes",
	migrations: [{ name: "init", sql: "CREATE TABLE notes (text TEXT PRIMARY KEY NOT NULL) STRICT" }],
	postgres: { sql: "CREATE TABLE notes (text TEXT PRIMARY KEY)", steps: 1 },
	tables,
};
const LAMPS: ModuleSchema = {
	module: "lamps",
	migrations: [{ name: "init", sql: "CREATE TABLE lamps (id INTEGER PRIMARY KEY) STRICT" }],
	postgres: { sql: "CREATE TABLE lamps (id BIGINT PRIMARY KEY)", steps: 1 },
	tables: perColumns(({ table, integer }) => ({
		lamps: table("lamps", { id: integer("id").primaryKey() }),
	})),
};

describeEach(eachDatabase())("a reader of %s, beside a server,", (make) => {
	let userdir: string;
	let url: string;
	let store: StorePort;
	let reader: ReaderPort;
	const write = (text: string) =>
		store.write(async (db) => void (await db.insert(tables(store.columns).notes).values({ text })));
	const textsIn = async (db: Db) => {
		const { notes } = tables(reader.columns);
		return (await db.select().from(notes).orderBy(notes.text)).map(({ text }) => text);
	};
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-reader-port-"));
		({ url } = await make(userdir));
		store = await openStore({ userdir, url }, quietLog, [NOTES]);
		await write("a");
		reader = await openReader({ userdir, url }, [NOTES]);
	});
	afterEach(async () => {
		reader.close();
		await store.close();
		rmSync(userdir, { recursive: true });
	});

	test("sees one state for as long as it reads, and does not hold up who writes", async () => {
		const seen = await reader.read(async (db) => {
			const before = await textsIn(db);
			await write("b");
			return [before, await textsIn(db)];
		});
		expect(seen).toEqual([["a"], ["a"]]);
		expect(await reader.read(textsIn)).toEqual(["a", "b"]);
	});

	test("reads on after work that fails", async () => {
		const failing = reader.read(async () => {
			throw new RangeError("no");
		});
		expect(await failing.catch((error: unknown) => error)).toBeInstanceOf(Error);
		expect(await reader.read(textsIn)).toEqual(["a"]);
	});

	test("changes nothing, neither in its work nor by a statement", async () => {
		const { notes } = tables(reader.columns);
		const attempts = [
			async () => reader.read(async (db) => void (await db.insert(notes).values({ text: "b" }))),
			async () => reader.query("DELETE FROM notes"),
			async () => reader.query("DROP TABLE notes"),
		];
		for (const attempt of attempts) {
			const outcome = await attempt().then(
				() => "done",
				() => "refused",
			);
			expect(outcome).toBe("refused");
		}
		expect(await reader.read(textsIn)).toEqual(["a"]);
	});

	test("answers a statement with its rows as objects", async () => {
		await write("b");
		expect(await reader.query("SELECT text, 1 AS one FROM notes ORDER BY text DESC")).toEqual([
			{ text: "b", one: 1 },
			{ text: "a", one: 1 },
		]);
		expect(await reader.query("SELECT text FROM notes WHERE text = 'c'")).toEqual([]);
	});

	test("knows which modules have tables", () => {
		expect(reader.modules()).toEqual(["notes", "store"]);
	});

	test("is refused where a module's tables are not there", async () => {
		const opened = openReader({ userdir, url }, [NOTES, LAMPS]);
		expect(await opened.catch((error: unknown) => error)).toBeInstanceOf(OutdatedDatabaseError);
	});
});
