import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountsFile } from "../../src/store/accounts-file.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { storeTables } from "../../src/store/schema.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let userdir: string;
let path: string;
let store: Store;
let reader: StoreReader;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-reader-"));
	path = join(userdir, "test.db");
	store = new Store({ userdir, url: "test.db" }, quietLog);
	reader = new StoreReader(path);
});
afterEach(async () => {
	reader.close();
	await store.close();
	rmSync(userdir, { recursive: true });
});

async function add(name: string): Promise<void> {
	const file = new AccountsFile(path);
	await file.accounts.people.create({ name, hash: "h", role: "admin", createdAt: 0 });
	file.close();
}

describe("reading beside a server", () => {
	test("all queries of one reading see the same state, those of the next one the newest", async () => {
		const { users } = storeTables(reader.columns);
		await add("ann");
		const seen = await reader.read(async (db) => {
			const before = await db.select().from(users);
			await add("bob");
			return [before.length, (await db.select().from(users)).length];
		});
		expect(seen).toEqual([1, 1]);
		expect(await reader.read((db) => db.select().from(users))).toHaveLength(2);
	});

	test("a reading that fails leaves the next one as it should be", async () => {
		const fail = () => Promise.reject(new Error("no such thing"));
		await expect(reader.read(fail)).rejects.toThrow("no such thing");
		expect(await reader.read(async () => "all right")).toBe("all right");
	});

	test("statements may read, not write, also after a copy", async () => {
		await add("ann");
		expect(reader.query("SELECT name FROM users")).toEqual([{ name: "ann" }]);
		const copy = join(userdir, "copy.db");
		reader.copyTo(copy);
		expect(() => reader.query("DELETE FROM users")).toThrow("readonly");
		expect(reader.query("SELECT count(*) AS n FROM users")).toEqual([{ n: 1 }]);
		const copied = new StoreReader(copy);
		expect(copied.query("SELECT name FROM users")).toEqual([{ name: "ann" }]);
		copied.close();
	});

	test("of a database that is not there is refused, with what creates one", () => {
		expect(() => new StoreReader(join(userdir, "none.db"))).toThrow(
			"create it with: iotctl initdb",
		);
	});
});
