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

const user = (name: string, hash = "h") => ({ name, hash, createdAt: 1.5 });
const token = (name: string, hash = name) => ({ name, hash, createdAt: 1.5, expiresAt: null });

describe("accounts in the database", () => {
	test("users come by name; a new password keeps the time they were added", async () => {
		for (const name of ["zoe", "ann", "☂"]) await file.accounts.putUser(user(name));
		await file.accounts.putUser({ ...user("ann", "new"), createdAt: 7 });
		expect(await store.accounts.users()).toEqual([user("ann", "new"), user("zoe"), user("☂")]);
		expect(await file.accounts.user("ann")).toEqual(user("ann", "new"));
		await file.accounts.removeUser("ann");
		expect(await file.accounts.user("ann")).toBeUndefined();
		expect((await store.accounts.users()).map(({ name }) => name)).toEqual(["zoe", "☂"]);
	});

	test("tokens come by name, and each name and hash is there once", async () => {
		await file.accounts.addToken({ ...token("phones"), expiresAt: 9.5 });
		await file.accounts.addToken(token("lamps"));
		expect(await store.accounts.tokens()).toEqual([
			token("lamps"),
			{ ...token("phones"), expiresAt: 9.5 },
		]);
		await expect(file.accounts.addToken(token("lamps", "other"))).rejects.toThrow();
		await expect(file.accounts.addToken(token("other", "lamps"))).rejects.toThrow();
		await file.accounts.removeToken("phones");
		expect(await store.accounts.tokens()).toEqual([token("lamps")]);
	});

	test("a change is noticed by the server once, and its own are not", async () => {
		store.changedOutside();
		expect(store.changedOutside()).toBe(false);
		await file.accounts.putUser(user("ann"));
		expect([store.changedOutside(), store.changedOutside()]).toEqual([true, false]);
		await store.write((db) => db.run("UPDATE users SET hash = 'own'"));
		expect(store.changedOutside()).toBe(false);
	});
});
