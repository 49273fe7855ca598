import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { InvariantError } from "../../src/kit/errors.ts";
import { sqliteColumns } from "../../src/store/columns.ts";
import type { Db } from "../../src/store/db.ts";
import type { ModuleSchema } from "../../src/store/module-schema.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

const notes = sqliteColumns.table("notes", { text: sqliteColumns.text("text").primaryKey() });
/** A module of its own, as small as they come. */
const NOTES: ModuleSchema = {
	module: "notes",
	migrations: [{ name: "init", sql: "CREATE TABLE notes (text TEXT PRIMARY KEY NOT NULL) STRICT" }],
	tables: () => ({ notes }),
};

let folder: string;
let store: Store;
const open = (url = "test.db") => new Store({ userdir: folder, url }, quietLog, [NOTES]);
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-store-"));
	store = open();
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

const put = (db: Db, text: string) => db.insert(notes).values({ text });
const textsIn = async (db: Db) => (await db.select().from(notes)).map(({ text }) => text);

describe("commits", () => {
	test("jobs of one moment commit together and a failing one undoes only itself", async () => {
		const results = await Promise.allSettled([
			store.write(async (db) => await put(db, "a")),
			store.write(async (db) => {
				await put(db, "b");
				throw new Error("no");
			}),
			store.write(async (db) => await put(db, "c")),
		]);
		expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
		expect(await textsIn(store.reading)).toEqual(["a", "c"]);
	});

	test("jobs run one after the other, however often they await the database", async () => {
		const order: string[] = [];
		const job = (name: string) =>
			store.write(async (db) => {
				for (const step of [1, 2, 3]) {
					await put(db, `${name} ${step}`);
					order.push(`${name} ${step}`);
				}
				return (await textsIn(db)).length;
			});
		expect(await Promise.all([job("a"), job("b")])).toEqual([3, 6]);
		expect(order).toEqual(["a 1", "a 2", "a 3", "b 1", "b 2", "b 3"]);
	});

	test("what a failing job did is never seen by a read beside it", async () => {
		const seen = new Set<string>();
		let reads = 0;
		const readBeside = async () => {
			for (let n = 0; n < 50; n++, reads++) {
				for (const text of await textsIn(store.reading)) seen.add(text);
			}
		};
		for (let round = 0; round < 50; round++) {
			let beside = Promise.resolve();
			const failing = store.write(async (db) => {
				await put(db, "never");
				beside = readBeside();
				for (let n = 0; n < 20; n++) await textsIn(db);
				throw new Error("no");
			});
			const fine = store.write(async (db) => await put(db, `round ${round}`));
			await Promise.allSettled([failing, fine, readBeside()]);
			await beside;
		}
		expect(reads).toBe(5000);
		expect(seen.has("never")).toBe(false);
		expect(await textsIn(store.reading)).toHaveLength(50);
	});

	test("a read begun inside a job, but not with its handle, sees what is committed", async () => {
		await store.write(async (db) => {
			await put(db, "new");
			expect([await textsIn(db), await textsIn(store.reading)]).toEqual([["new"], []]);
		});
		expect(await textsIn(store.reading)).toEqual(["new"]);
	});

	test.each<[string, () => Promise<unknown>]>([
		["the next turn", () => new Promise(setImmediate)],
		["a timer", () => new Promise((resolve) => setTimeout(resolve, 0))],
		["a pause", () => Bun.sleep(1)],
		[
			"a timer that is due at once",
			() => {
				const timer = new Promise((resolve) => setTimeout(resolve, 0));
				for (const since = performance.now(); performance.now() - since < 3; );
				return timer;
			},
		],
	])(
		"a job that awaits %s is undone, each of its kind, and the others are not",
		async (_, rest) => {
			const offend = (text: string) =>
				store.write(async (db) => {
					await put(db, text);
					await rest();
				});
			for (let round = 0; round < 20; round++) {
				const jobs = [offend("slow"), offend("slower"), offend("slowest")];
				const fine = store.write(async (db) => await put(db, `fine ${round}`));
				for (const outcome of await Promise.allSettled(jobs)) {
					expect(outcome).toMatchObject({
						status: "rejected",
						reason: expect.any(InvariantError),
					});
				}
				await fine;
			}
			expect(await textsIn(store.reading)).toHaveLength(20);
		},
	);

	test("a crowd of jobs lets everything else run in between, which sees none of them yet", async () => {
		let done = 0;
		const seen: number[] = [];
		const jobs = Array.from({ length: 3000 }, (_, n) =>
			store.write(async (db) => {
				await put(db, `note ${n}`);
				done += 1;
			}),
		);
		const all = Promise.all(jobs);
		while (done < 3000) {
			if (done > 0) seen.push((await textsIn(store.reading)).length);
			await new Promise(setImmediate);
		}
		await all;
		expect(seen.length).toBeGreaterThan(3);
		expect(Math.max(...seen)).toBe(0);
		expect(await textsIn(store.reading)).toHaveLength(3000);
	});

	test("committed runs after the commit, in the order of the jobs, before any caller is told", async () => {
		const order: string[] = [];
		const job = (n: number) =>
			store
				.write(() => order.push(`work ${n}`), { committed: () => order.push(`committed ${n}`) })
				.then(() => order.push(`told ${n}`));
		await Promise.all([job(1), job(2)]);
		expect(order).toEqual(["work 1", "work 2", "committed 1", "committed 2", "told 1", "told 2"]);
	});

	test("undone runs before the next job, and in reverse order when the whole commit fails", async () => {
		const order: string[] = [];
		const job = (name: string, work: (db: Db) => Promise<unknown>) =>
			store
				.write(
					async (db) => {
						order.push(name);
						await work(db);
					},
					{ undone: () => order.push(`undone ${name}`) },
				)
				.catch(() => {});
		const fail = () => Promise.reject(new Error("no"));
		await Promise.all([job("a", fail), job("b", (db) => textsIn(db))]);
		expect(order.splice(0)).toEqual(["a", "undone a", "b"]);
		// The trigger ends the whole transaction, as a disk in trouble does.
		await store.write(async (db) => {
			await db.run(
				sql`CREATE TRIGGER trouble BEFORE INSERT ON notes WHEN new.text = 'x' BEGIN SELECT RAISE(ROLLBACK, 'no'); END`,
			);
		});
		await Promise.all([
			job("c", async (db) => await put(db, "c")),
			job("d", async (db) => await put(db, "d")),
			job("e", async (db) => await put(db, "x")),
		]);
		expect(order).toEqual(["c", "d", "e", "undone e", "undone d", "undone c"]);
		expect(await textsIn(store.reading)).toEqual([]);
	});

	test("close commits what waits", async () => {
		const pending = store.write(async (db) => await put(db, "late"));
		await store.close();
		await pending;
		store = open();
		expect(await textsIn(store.reading)).toEqual(["late"]);
	});

	test("the file is in WAL mode", () => {
		const db = new Database(store.path);
		expect(db.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
		db.close();
	});

	test("the handle for reading cannot write", async () => {
		const writing = async () => await put(store.reading, "x");
		expect(await writing().catch((error) => error.code ?? error.cause?.code)).toBe(
			"SQLITE_READONLY",
		);
	});
});

describe("a database in memory", () => {
	const directories = () =>
		[tmpdir(), "/dev/shm"].flatMap((parent) =>
			existsSync(parent)
				? readdirSync(parent)
						.filter((name) => name.startsWith("iotctl-memory-"))
						.map((name) => join(parent, name))
				: [],
		);

	test("works like a file, is this user's alone, and is gone when it is closed", async () => {
		const before = directories();
		const memory = open(":memory:");
		const made = directories().filter((name) => !before.includes(name));
		expect(made).toHaveLength(1);
		await memory.write(async (db) => await put(db, "a"));
		expect(await textsIn(memory.reading)).toEqual(["a"]);
		expect([memory.path, memory.serverId]).toEqual([":memory:", undefined]);
		await memory.close();
		expect(made.filter((name) => existsSync(name))).toEqual([]);
	});

	test("what a killed server left behind goes at the next start, that of a running one stays", async () => {
		const code = `
			import { Store } from ${JSON.stringify(join(import.meta.dir, "../../src/store/store.ts"))};
			import { quietLog } from ${JSON.stringify(join(import.meta.dir, "../support/log.ts"))};
			new Store({ userdir: ${JSON.stringify(folder)}, url: ":memory:" }, quietLog);
			console.log("open");
			setInterval(() => {}, 1000);`;
		const before = directories();
		const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "inherit" });
		for await (const _ of child.stdout) break;
		const made = directories().filter((name) => !before.includes(name));
		await open(":memory:").close();
		expect(made.map((name) => existsSync(name))).toEqual([true]);
		child.kill("SIGKILL");
		await child.exited;
		expect(made.map((name) => existsSync(name))).toEqual([true]);
		await open(":memory:").close();
		expect(made.map((name) => existsSync(name))).toEqual([false]);
	});
});
