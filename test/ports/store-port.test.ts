// What the store does whichever place it keeps its tables in: a file, memory, or PostgreSQL.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StorageError } from "../../src/kit/errors.ts";
import type { Db } from "../../src/store/db.ts";
import type { ModuleSchema } from "../../src/store/module-schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import { perColumns } from "../../src/store/per-columns.ts";
import type { StorePort } from "../../src/store/port.ts";
import { Store } from "../../src/store/store.ts";
import { eachDatabase, type MakeDatabase } from "../support/databases.ts";
import { describeEach, type Kind } from "../support/kinds.ts";
import { listenedLog, quietLog } from "../support/log.ts";

const tables = perColumns(({ table, text, integer }) => ({
	notes: table("notes", { text: text("text").primaryKey(), place: integer("place") }),
}));
const NOTES: ModuleSchema = {
	module: "notes",
	migrations: [
		{
			name: "init",
			sql: "CREATE TABLE notes (text TEXT PRIMARY KEY NOT NULL, place INTEGER) STRICT",
		},
	],
	postgres: { sql: "CREATE TABLE notes (text TEXT PRIMARY KEY, place BIGINT)", steps: 1 },
	tables,
};

const PLACES: Kind<MakeDatabase>[] = [
	...eachDatabase(),
	[
		":memory:",
		async () => ({ url: ":memory:", change: async () => {}, rows: async () => [] }),
		true,
	],
];

describeEach(PLACES)("a store in %s", (place) => {
	let userdir: string;
	let url: string;
	let store: StorePort;
	const open = (log = quietLog) => openStore({ userdir, url }, log, [NOTES]);
	const put = (db: Db, text: string, place = 0) =>
		db.insert(tables(store.columns).notes).values({ text, place });
	const textsIn = async (db: Db) => {
		const { notes } = tables(store.columns);
		return (await db.select().from(notes).orderBy(notes.place)).map(({ text }) => text);
	};
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-store-port-"));
		({ url } = await place(userdir));
		store = await open();
	});
	afterEach(async () => {
		await store.close();
		rmSync(userdir, { recursive: true });
	});

	test("a job is done as a whole or not at all, and its result or error is its caller's", async () => {
		const fine = store.write(async (db) => {
			await put(db, "a");
			await put(db, "b", 1);
			return 2;
		});
		const failing = store.write(async (db) => {
			await put(db, "c", 2);
			await put(db, "a", 3);
		});
		const throwing = store.write(async (db) => {
			await put(db, "d", 4);
			throw new RangeError("no");
		});
		const [kept, refused, thrown] = await Promise.allSettled([fine, failing, throwing]);
		expect(kept).toEqual({ status: "fulfilled", value: 2 });
		expect(refused).toMatchObject({ status: "rejected" });
		expect(thrown).toMatchObject({ status: "rejected", reason: expect.any(RangeError) });
		expect(await textsIn(store.reading)).toEqual(["a", "b"]);
		expect(store.problem).toBeUndefined();
	});

	test("jobs run in the order they came in, each sees what those before it did", async () => {
		const seen: number[] = [];
		const jobs = Array.from({ length: 100 }, (_, n) =>
			store.write(async (db) => {
				seen.push((await textsIn(db)).length);
				await put(db, `note ${n}`, n);
			}),
		);
		await Promise.all(jobs);
		expect(seen).toEqual(jobs.map((_, n) => n));
		expect(await textsIn(store.reading)).toEqual(jobs.map((_, n) => `note ${n}`));
	});

	test("what is read outside a job is never of one that is unfinished", async () => {
		const during: string[][] = [];
		const look = async () => during.push(await textsIn(store.reading));
		await store.write(async (db) => {
			await put(db, "a");
			await look();
			await put(db, "b", 1);
			await look();
		});
		expect(during).toEqual([[], []]);
		expect(await textsIn(store.reading)).toEqual(["a", "b"]);
	});

	const failures: [string, (db: Db) => unknown][] = [
		[
			"throws",
			() => {
				throw new RangeError("no");
			},
		],
		["breaks a rule of its table", (db) => put(db, "kept")],
	];
	test.each(failures)("what a job wrote that %s is seen by no read beside it", async (_, fail) => {
		await store.write(async (db) => await put(db, "kept"));
		let isInside = false;
		const readers: Promise<{ texts: ReadonlySet<string>; inside: number }>[] = [];
		/** Reads on and on while the job is at work, which waits for none of them. */
		const readBeside = async (read: () => Promise<string[]>) => {
			const texts = new Set<string>();
			let inside = 0;
			do {
				// A question that a transaction is broken off behind has no answer.
				for (const text of await read().catch(() => [])) texts.add(text);
				if (isInside) inside += 1;
			} while (isInside);
			return { texts, inside };
		};
		const failing = store.write(async (db) => {
			isInside = true;
			try {
				await put(db, "never");
				for (const read of [
					() => textsIn(store.reading),
					() => store.read(textsIn),
					// On the connection that writes it would be seen.
					() => textsIn(db),
				]) {
					readers.push(readBeside(read));
				}
				for (let n = 0; n < 100; n++) await put(db, `never ${n}`, n);
				await fail(db);
			} finally {
				isInside = false;
			}
		});
		await expect(failing).rejects.toThrow();
		const [plain, asOfOneMoment, writing] = await Promise.all(readers);
		expect(plain?.inside).toBeGreaterThan(10);
		expect([...(plain?.texts ?? [])]).toEqual(["kept"]);
		expect([...(asOfOneMoment?.texts ?? [])]).toEqual(["kept"]);
		expect(writing?.texts.size).toBeGreaterThan(10);
		expect(await textsIn(store.reading)).toEqual(["kept"]);
	});

	test("what has resolved is committed, and memory was told before", async () => {
		for (let n = 0; n < 20; n++) {
			let told = 0;
			const effects = {
				committed: (value: number) => {
					told = value;
				},
			};
			const value = await store.write(async (db) => {
				await put(db, `note ${n}`, n);
				return n;
			}, effects);
			expect([value, told]).toEqual([n, n]);
			expect(await textsIn(store.reading)).toHaveLength(n + 1);
		}
	});

	test("what is undone in the database is undone in memory before the next job", async () => {
		const order: string[] = [];
		const failing = store.write(
			async (db) => {
				await put(db, "a");
				throw new RangeError("no");
			},
			{ committed: () => order.push("committed"), undone: () => order.push("undone") },
		);
		const next = store.write(async (db) => order.push(...(await textsIn(db)), "next"));
		await Promise.allSettled([failing, next]);
		expect(order).toEqual(["undone", "next"]);
	});

	test("a job may not be written with the handle for reading", async () => {
		await expect((async () => await put(store.reading, "a"))()).rejects.toThrow();
		expect(await textsIn(store.reading)).toEqual([]);
	});

	test("closing waits for the jobs that came before, those after it are refused at once", async () => {
		const { log, lines } = listenedLog();
		await store.close();
		store = await open(log);
		let isDone = false;
		const early = store.write(async (db) => await put(db, "early"), {
			committed: () => {
				isDone = true;
			},
		});
		await store.close();
		expect(isDone).toBe(true);
		await early;
		await expect(store.write(async (db) => await put(db, "late"))).rejects.toThrow(
			new StorageError("the server cannot store this now: it is stopping"),
		);
		expect(lines.waiting).toEqual([]);
		// A second time changes nothing.
		await store.close();
	});
});

test("a file keeps what has resolved, whether it was closed or its process was killed", async () => {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-store-port-"));
	const source = (path: string) => JSON.stringify(join(import.meta.dir, "../..", path));
	const code = `
		import { sql } from "drizzle-orm";
		import { Store } from ${source("src/store/store.ts")};
		import { quietLog } from ${source("test/support/log.ts")};
		const store = new Store({ userdir: ${JSON.stringify(userdir)}, url: "port.db" }, quietLog);
		await store.write((db) => db.run(sql\`UPDATE server SET id = 'kept'\`));
		process.kill(process.pid, "SIGKILL");`;
	const child = Bun.spawn([process.execPath, "-e", code], {
		cwd: join(import.meta.dir, "../.."),
		stderr: "inherit",
	});
	await child.exited;
	expect(child.signalCode).toBe("SIGKILL");
	for (let start = 0; start < 2; start++) {
		const store = new Store({ userdir, url: "port.db" }, quietLog);
		expect(store.serverId).toBe("kept");
		await store.close();
	}
	rmSync(userdir, { recursive: true });
});
