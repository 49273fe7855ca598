import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

test("a database of the first schema is brought up to date with everything in it", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-migration-"));
	const db = new Database(join(userdir, "old.db"), { create: true });
	const first = join(import.meta.dir, "../../src/store/migrations/0000_init.sql");
	db.run(readFileSync(first, "utf8"));
	db.run("PRAGMA user_version = 1");
	db.run(
		`INSERT INTO devices VALUES ('d', 'r', 'n', '["mqtt"]', NULL, NULL, '{"model":"m"}', 1.5)`,
	);
	db.run("INSERT INTO graphs VALUES ('c', 'g', NULL, '{}')");
	db.close();
	const fail = (row: string, error: unknown) => {
		throw new Error(`${row}: ${error}`);
	};
	const store = new Store({ userdir, url: "old.db" }, quietLog);
	expect(store.devices.all(fail)).toMatchObject([{ id: "d", offlineSince: null }]);
	expect(store.graphs.all(fail)).toMatchObject([
		{ graph: "g", monitor: { topic: null, on: false } },
	]);
	expect(store.deviceApiClients.all()).toEqual([]);
	await store.close();
	rmSync(userdir, { recursive: true });
});
