import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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
	expect(store.devices.all(fail)).toMatchObject([{ id: "d", awaySeconds: 0, isOnline: true }]);
	expect(store.graphs.all(fail)).toMatchObject([
		{ graph: "g", monitor: { topic: null, on: false } },
	]);
	expect(store.deviceApiClients.all()).toEqual([]);
	await store.close();
	rmSync(userdir, { recursive: true });
});

test("the wall-clock time a device went away is dropped, whether it was online is kept", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-migration-"));
	const db = new Database(join(userdir, "old.db"), { create: true });
	const folder = join(import.meta.dir, "../../src/store/migrations");
	for (const file of readdirSync(folder).toSorted().slice(0, 4)) {
		db.run(readFileSync(join(folder, file), "utf8"));
	}
	db.run("PRAGMA user_version = 4");
	for (const [id, since] of [
		["online", "NULL"],
		["away", "1.7e9"],
		["ahead", "9e9"],
	]) {
		db.run(
			`INSERT INTO devices VALUES ('${id}', 'r', 'n', '[]', NULL, NULL, '{}', 1, ${since}, 'h', 't')`,
		);
	}
	db.close();
	const store = new Store({ userdir, url: "old.db" }, quietLog);
	const presence = store.devices
		.all(() => {})
		.map(({ id, awaySeconds, isOnline, secretHash, token }) => [
			id,
			awaySeconds,
			isOnline,
			secretHash,
			token,
		]);
	expect(presence).toEqual([
		["online", 0, true, "h", "t"],
		["away", 0, false, "h", "t"],
		["ahead", 0, false, "h", "t"],
	]);
	await store.close();
	rmSync(userdir, { recursive: true });
});
