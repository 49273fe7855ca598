import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountsFile } from "../../src/store/accounts-file.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let userdir: string;
let store: Store;
let file: AccountsFile;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-accounts-"));
	store = new Store({ userdir, url: "test.db" }, quietLog);
	file = new AccountsFile(join(userdir, "test.db"));
});
afterEach(async () => {
	file.close();
	await store.close();
	rmSync(userdir, { recursive: true });
});

const user = (name: string, hash = "h") => ({ name, hash, role: "admin" as const, createdAt: 1.5 });
describe("accounts in the database", () => {
	test("a change is noticed by the server once, and its own are not", async () => {
		store.changedOutside();
		expect(store.changedOutside()).toBe(false);
		await file.accounts.people.create(user("ann"));
		expect([store.changedOutside(), store.changedOutside()]).toEqual([true, false]);
		await store.write((db) => db.run("UPDATE users SET hash = 'own'"));
		expect(store.changedOutside()).toBe(false);
	});
});
