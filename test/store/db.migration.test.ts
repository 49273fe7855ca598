import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokerDisk } from "../../src/store/broker-disk.ts";
import { noBadRow, openCsmStore } from "../support/csm-store.ts";

/** The migrations of all modules while they had one history. */
const SINGLE_HISTORY = join(import.meta.dir, "single-history");

/** A database as the first migrations of that time left it. */
function oldDatabase(userdir: string, version: number): Database {
	const db = new Database(join(userdir, "old.db"), { create: true });
	for (const file of readdirSync(SINGLE_HISTORY).sort().slice(0, version)) {
		db.run(readFileSync(join(SINGLE_HISTORY, file), "utf8"));
	}
	db.run(`PRAGMA user_version = ${version}`);
	return db;
}

test("devices belong to the token itself, no longer to its name", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-migration-"));
	const db = oldDatabase(userdir, 4);
	db.run("INSERT INTO tokens VALUES ('class', 'hash of class', 1, NULL)");
	for (const [id, token] of [
		["a", "'class'"],
		["b", "'revoked before'"],
		["c", "NULL"],
	]) {
		db.run(
			`INSERT INTO devices VALUES ('${id}', 'r', '${id}', '["mqtt"]', NULL, NULL, '{"model":"m"}', 1, 1, NULL, ${token})`,
		);
	}
	db.close();
	const { store, csm } = openCsmStore(userdir, { url: "old.db" });
	const devices = await csm.rows.devices.all(noBadRow);
	expect(devices).toMatchObject([
		{ id: "a", token: "hash of class", origin: null },
		{ id: "b", token: "revoked", origin: null },
		{ id: "c", token: null, origin: null },
	]);
	await store.close();
	rmSync(userdir, { recursive: true });
});

test("a database of the first schema is brought up to date with everything in it", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-migration-"));
	const db = oldDatabase(userdir, 1);
	db.run(
		`INSERT INTO devices VALUES ('d', 'r', 'n', '["mqtt"]', NULL, NULL, '{"model":"m"}', 1.5)`,
	);
	db.run("INSERT INTO graphs VALUES ('c', 'g', NULL, '{}')");
	db.run("INSERT INTO topics VALUES ('d', 'idf', 'f', 't')");
	db.run("INSERT INTO links VALUES (1, 'c', 'g', 'd', 'idf', 'f', NULL, '{}', NULL, NULL, 0)");
	db.close();
	const { store, csm } = openCsmStore(userdir, { url: "old.db" });
	expect(await csm.rows.devices.all(noBadRow)).toMatchObject([
		{ id: "d", awaySeconds: 0, isOnline: true },
	]);
	expect(await csm.rows.graphs.all(noBadRow)).toMatchObject([
		{ graph: "g", joinAsked: null, monitor: { topic: null, on: false, intervalMs: 0 } },
	]);
	expect(await csm.rows.links.all(noBadRow)).toMatchObject([
		{ link: { error: null, asked: null } },
	]);
	expect(await csm.rows.deviceApiClients.all()).toEqual([]);
	const { serverId } = store;
	expect(serverId).toMatch(/^[0-9a-f]{16}$/);
	await store.close();
	const { store: again } = openCsmStore(userdir, { url: "old.db" });
	expect(again.serverId).toBe(serverId);
	await again.close();
	const { store: another } = openCsmStore(userdir, { url: "new.db" });
	expect(another.serverId).not.toBe(serverId);
	await another.close();
	const { store: inMemory } = openCsmStore(userdir, { url: ":memory:" });
	expect(inMemory.serverId).toBeUndefined();
	await inMemory.close();
	rmSync(userdir, { recursive: true });
});

test("the wall-clock time a device went away is dropped, whether it was online is kept", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-migration-"));
	const db = oldDatabase(userdir, 4);
	db.run("INSERT INTO tokens VALUES ('t', 'hash of t', 1, NULL)");
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
	const { store, csm } = openCsmStore(userdir, { url: "old.db" });
	const presence = (await csm.rows.devices.all(noBadRow)).map(
		({ id, awaySeconds, isOnline, secretHash, token }) => [
			id,
			awaySeconds,
			isOnline,
			secretHash,
			token,
		],
	);
	expect(presence).toEqual([
		["online", 0, true, "h", "hash of t"],
		["away", 0, false, "h", "hash of t"],
		["ahead", 0, false, "h", "hash of t"],
	]);
	await store.close();
	rmSync(userdir, { recursive: true });
});

test("a database without sessions gets an empty place for them, and keeps what the broker retains", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-migration-"));
	const db = oldDatabase(userdir, 7);
	db.run("INSERT INTO retained VALUES ('t', x'61', 1)");
	db.close();
	const { store } = openCsmStore(userdir, { url: "old.db" });
	const disk = brokerDisk(store);
	const fail = (key: string, reason: string) => {
		throw new Error(`${key}: ${reason}`);
	};
	expect(await disk.retained.load(fail)).toMatchObject([{ topic: "t", qos: 1 }]);
	expect(await disk.sessions.loadSessions(fail)).toEqual([]);
	expect(await Array.fromAsync(disk.sessions.loadMessages())).toEqual([]);
	await store.close();
	rmSync(userdir, { recursive: true });
});
