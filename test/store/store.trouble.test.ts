import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, StorageError } from "../../src/kit/errors.ts";
import { openCsmStore } from "../support/csm-store.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { canMount, SmallDisk } from "../support/small-disk.ts";
import { until } from "../support/waiting.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-trouble-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, "test.db");

/** The database of a directory, with calls for a table of it. */
function openIn(userdir: string, log = quietLog) {
	const { store, csm } = openCsmStore(userdir, { log });
	return {
		store,
		add: (client: string) => csm.write(({ deviceApiClients }) => deviceApiClients.add(client)),
		all: () => csm.rows.deviceApiClients.all(),
		close: () => store.close(),
	};
}

const open = (log = quietLog) => openIn(folder, log);
/** How soon after the trouble is over all is well again, changes or not. */
const WELL_AGAIN_MS = 2000;

/** A database with a few hundred rows, closed. */
async function fill(): Promise<void> {
	const store = open();
	const names = Array.from({ length: 500 }, (_, n) => `client ${n} ${"x".repeat(50)}`);
	await Promise.all(names.map((name) => store.add(name)));
	await store.close();
}

describe("a database that cannot be used", () => {
	test("a second store on it is refused and told which process has it", async () => {
		const store = open();
		expect(open).toThrow(ConfigError);
		expect(open).toThrow(`already in use by process ${process.pid}`);
		await store.close();
		await open().close();
	});

	test("a lock file left behind by a killed process means nothing", async () => {
		writeFileSync(`${path()}.lock`, "1\n");
		await open().close();
	});

	test.each([
		["no database at all", (bytes: Buffer) => bytes.fill("not a database", 0, 100)],
		["broken pages", (bytes: Buffer) => bytes.fill(0xa5, 4096, 4096 * 3)],
		["cut short", (bytes: Buffer) => bytes.subarray(0, 8192)],
	])(
		"a damaged file (%s) is moved aside byte for byte, and an empty one takes its place",
		async (_, spoil) => {
			await fill();
			const damaged = spoil(readFileSync(path()));
			writeFileSync(path(), damaged);
			const { log, lines } = listenedLog();
			const store = open(log);
			expect(await store.all()).toEqual([]);
			await store.add("new");
			await store.close();
			const kept = readdirSync(folder).find((name) => /^test\.db\.damaged-.*Z$/.test(name)) ?? "";
			expect(readFileSync(join(folder, kept)).equals(damaged)).toBe(true);
			expect(await lines.take("the log line")).toContain(kept);
			const again = open();
			expect(await again.all()).toEqual(["new"]);
			await again.close();
		},
	);

	test("another program's database is left alone", () => {
		const db = new Database(path(), { create: true });
		db.run("CREATE TABLE theirs (a)");
		db.close();
		expect(open).toThrow("it is a database of another program");
		expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([]);
	});

	test("a newer version's database is left alone", async () => {
		await open().close();
		const db = new Database(path());
		db.run("PRAGMA user_version = 99");
		db.run("PRAGMA wal_checkpoint(TRUNCATE)");
		db.close();
		const before = readFileSync(path());
		expect(open).toThrow("a newer version of iotctl wrote it (schema 99");
		expect(readFileSync(path()).equals(before)).toBe(true);
	});

	test("another program's lock delays changes without holding up the event loop", async () => {
		const store = open();
		const other = new Database(path());
		other.run("BEGIN IMMEDIATE");
		const waiting = store.add("late");
		let turns = 0;
		await new Promise<void>((resolve) => {
			const timer = setInterval(() => {
				turns += 1;
				if (turns < 20) return;
				clearInterval(timer);
				resolve();
			}, 1);
		});
		expect(await store.all()).toEqual([]);
		other.run("ROLLBACK");
		other.close();
		await waiting;
		expect(await store.all()).toEqual(["late"]);
		await store.close();
	});
});

describe.if(canMount())("a disk in trouble", () => {
	test("full: changes are refused with the reason and nothing is lost; with room again they succeed", async () => {
		const disk = new SmallDisk(512);
		const { log, lines } = listenedLog();
		const store = openIn(disk.path, log);
		await store.add("first");
		const ballast = join(disk.path, "ballast");
		try {
			writeFileSync(ballast, Buffer.alloc(1 << 20));
		} catch {}
		const refused = store.add("x".repeat(100_000));
		await expect(refused).rejects.toThrow(StorageError);
		await expect(refused).rejects.toThrow("its disk is full");
		expect(store.store.problem).toContain("its disk is full");
		expect(await lines.take("the complaint")).toContain("changes cannot be stored");
		rmSync(ballast);
		await until(() => store.store.problem === undefined, "the database to take changes again", {
			ms: WELL_AGAIN_MS,
		});
		await store.add("second");
		expect(await lines.take("the all-clear")).toContain("can be stored again");
		await store.close();
		const again = openIn(disk.path);
		expect(await again.all()).toEqual(["first", "second"]);
		await again.close();
		disk.dispose();
	});

	test("read-only: a start says so", async () => {
		const disk = new SmallDisk(512);
		// Made elsewhere: SQLite may keep a closed file open, and then its disk cannot become read-only.
		await open().close();
		copyFileSync(path(), join(disk.path, "test.db"));
		disk.remount("ro");
		const start = () => openIn(disk.path);
		expect(start).toThrow(/Cannot open the database ".*": .*read-only/i);
		disk.dispose();
	});

	test("full at the start: the start says so and leaves nothing broken behind", async () => {
		const disk = new SmallDisk(512);
		try {
			writeFileSync(join(disk.path, "ballast"), Buffer.alloc(1 << 20));
		} catch {}
		const start = () => openIn(disk.path);
		expect(start).toThrow(
			/Cannot open the database ".*": the disk is full; free some space \(df -h .* shows how much there is\)$/,
		);
		rmSync(join(disk.path, "ballast"));
		await start().close();
		disk.dispose();
	});
});

describe("files removed under an open database", () => {
	const names = ["test.db", "test.db-wal", "test.db-shm"];

	test.each([
		["the database", names],
		["its log", ["test.db-wal"]],
	])(
		"%s: changes are refused with what to do, and taken again once it is back",
		async (_, moved) => {
			const store = open();
			await store.add("before");
			const away = join(folder, "away");
			mkdirSync(away);
			for (const name of moved) renameSync(join(folder, name), join(away, name));
			await expect(store.add("lost")).rejects.toThrow(
				/cannot store this now: its database.* was removed; put it back, or restart the server/,
			);
			expect(store.store.problem).toContain("was removed");
			expect(await store.all()).toEqual(["before"]);
			for (const name of moved) renameSync(join(away, name), join(folder, name));
			await until(() => store.store.problem === undefined, "the database to take changes again", {
				ms: WELL_AGAIN_MS,
			});
			await store.add("after");
			await store.close();
			const again = open();
			expect(await again.all()).toEqual(["before", "after"]);
			await again.close();
		},
	);

	test("removed before the first change: it is refused as well", async () => {
		await open().close();
		const store = open();
		for (const name of names) renameSync(join(folder, name), join(folder, `${name}.away`));
		await expect(store.add("lost")).rejects.toThrow("was removed");
		for (const name of names) renameSync(join(folder, `${name}.away`), join(folder, name));
		await store.add("kept");
		expect(await store.all()).toEqual(["kept"]);
		await store.close();
	});

	test("another file in its place is not written to", async () => {
		const store = open();
		await store.add("before");
		copyFileSync(path(), join(folder, "copy"));
		renameSync(join(folder, "copy"), path());
		const copied = readFileSync(path());
		await expect(store.add("lost")).rejects.toThrow("was replaced");
		expect(readFileSync(path()).equals(copied)).toBe(true);
		await store.close();
	});
});

test("thousands of changes go through checkpoints and are all there", async () => {
	const store = open();
	for (let round = 0; round < 30; round++) {
		const names = Array.from({ length: 100 }, (_, n) => `${round} ${n}`);
		await Promise.all(names.map((name) => store.add(name)));
	}
	await store.close();
	const again = open();
	expect(await again.all()).toHaveLength(3000);
	await again.close();
});
