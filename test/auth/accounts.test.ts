import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accounts } from "../../src/auth/accounts.ts";
import { AccountsFile, Store } from "../../src/store/mod.ts";
import { quietLog } from "../support/log.ts";

let userdir: string;
let store: Store;
let cli: AccountsFile;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-accounts-"));
	store = new Store({ userdir, url: "test.db" }, quietLog);
	cli = new AccountsFile(join(userdir, "test.db"));
});
afterEach(async () => {
	cli.close();
	await store.close();
	rmSync(userdir, { recursive: true });
});

const ann = { name: "ann", hash: "one", createdAt: 1 };
const phones = { name: "phones", hash: "t", createdAt: 1, expiresAt: null };

test("what another program has done counts from the next refresh on", async () => {
	const accounts = new Accounts(store);
	await accounts.start();
	expect([accounts.hasUsers, accounts.user("ann"), accounts.tokenByHash("t")]).toEqual([
		false,
		undefined,
		undefined,
	]);
	await cli.accounts.putUser(ann);
	await cli.accounts.addToken(phones);
	expect(accounts.user("ann")).toBeUndefined();
	await accounts.refresh();
	expect(accounts.hasUsers).toBe(true);
	expect(accounts.user("ann")).toEqual(ann);
	expect(accounts.tokenByHash("t")).toEqual(phones);
	await cli.accounts.removeUser("ann");
	await cli.accounts.removeToken("phones");
	await accounts.refresh();
	expect([accounts.user("ann"), accounts.tokenByHash("t")]).toEqual([undefined, undefined]);
});

test("the server's own writing does not make it read them again", async () => {
	const accounts = new Accounts(store);
	await accounts.start();
	const told: unknown[] = [];
	accounts.follow((changes) => told.push(changes));
	await store.write((db) => db.run("UPDATE schema_versions SET version = version"));
	await accounts.refresh();
	expect(told).toEqual([]);
});

test("a change that comes while they are read is not missed by the one that noticed it", async () => {
	const gate = Promise.withResolvers<void>();
	const begun = Promise.withResolvers<void>();
	let isFirst = true;
	const accounts = new Accounts({
		changedOutside: () => store.changedOutside(),
		accounts: {
			users: async () => {
				const users = await store.accounts.users();
				if (isFirst) {
					isFirst = false;
					begun.resolve();
					await gate.promise;
				}
				return users;
			},
			tokens: () => store.accounts.tokens(),
		},
	});
	const started = accounts.start();
	await begun.promise;
	await cli.accounts.putUser(ann);
	const refreshed = accounts.refresh();
	gate.resolve();
	await refreshed;
	expect(accounts.user("ann")).toEqual(ann);
	await started;
});

test("after a reading that failed they are read again", async () => {
	let isBroken = false;
	const accounts = new Accounts({
		changedOutside: () => store.changedOutside(),
		accounts: {
			users: async () => {
				if (isBroken) throw new Error("disk I/O error");
				return store.accounts.users();
			},
			tokens: () => store.accounts.tokens(),
		},
	});
	await accounts.start();
	await cli.accounts.putUser(ann);
	isBroken = true;
	await expect(accounts.refresh()).rejects.toThrow("disk I/O error");
	await expect(accounts.refresh()).rejects.toThrow("disk I/O error");
	isBroken = false;
	await accounts.refresh();
	expect(accounts.user("ann")).toEqual(ann);
});
