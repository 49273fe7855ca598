import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountChange, Accounts } from "../../src/auth/accounts.ts";
import { AccountsFile } from "../../src/store/accounts-file.ts";
import { type PeopleRows, peopleIn, Store } from "../../src/store/mod.ts";
import { quietLog, recordedLog } from "../support/log.ts";

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

const newAnn = { name: "ann", hash: "one", role: "admin", createdAt: 1 } as const;
const ann = { id: 1, ...newAnn, email: null, sub: null, isActive: true };
const phones = { name: "phones", hash: "t", createdAt: 1, expiresAt: null };

test("what another program has done counts from the next refresh on", async () => {
	const accounts = new Accounts(store);
	await accounts.start();
	expect([accounts.hasAdmin, accounts.user("ann"), accounts.tokenByHash("t")]).toEqual([
		false,
		undefined,
		undefined,
	]);
	await cli.accounts.people.create(newAnn);
	await cli.accounts.secrets.addToken(phones);
	expect(accounts.user("ann")).toBeUndefined();
	await accounts.refresh();
	expect(accounts.hasAdmin).toBe(true);
	expect(accounts.user("ann")).toEqual(ann);
	expect(accounts.tokenByHash("t")).toEqual(phones);
	await cli.accounts.people.remove(1);
	await cli.accounts.secrets.removeToken("phones");
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
		noticesAtOnce: true,
		accounts: {
			secrets: store.accounts.secrets,
			people: {
				list: async () => {
					const users = await store.accounts.people.list();
					if (isFirst) {
						isFirst = false;
						begun.resolve();
						await gate.promise;
					}
					return users;
				},
			},
		},
	});
	const started = accounts.start();
	await begun.promise;
	await cli.accounts.people.create(newAnn);
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
		noticesAtOnce: true,
		accounts: {
			secrets: store.accounts.secrets,
			people: {
				list: async () => {
					if (isBroken) throw new Error("disk I/O error");
					return store.accounts.people.list();
				},
			},
		},
	});
	await accounts.start();
	await cli.accounts.people.create(newAnn);
	isBroken = true;
	await expect(accounts.refresh()).rejects.toThrow("disk I/O error");
	await expect(accounts.refresh()).rejects.toThrow("disk I/O error");
	isBroken = false;
	await accounts.refresh();
	expect(accounts.user("ann")).toEqual(ann);
});

/** A database where changes are heard of only later; counts the readings. */
function heardLater() {
	const source = {
		changedOutside: () => false,
		noticesAtOnce: false,
		readings: 0,
		accounts: {
			secrets: store.accounts.secrets,
			people: {
				list: () => {
					source.readings += 1;
					return store.accounts.people.list();
				},
			},
		},
	};
	return source;
}

test("what was added but not heard of yet is known before a refusal", async () => {
	const accounts = new Accounts(heardLater());
	await accounts.start();
	await cli.accounts.secrets.addToken(phones);
	await accounts.refresh();
	expect(accounts.tokenByHash("t")).toBeUndefined();
	await accounts.refreshSurely();
	expect(accounts.tokenByHash("t")).toEqual(phones);
});

test("however many ask before a refusal, the readings are a few", async () => {
	const source = heardLater();
	const accounts = new Accounts(source);
	await accounts.start();
	const first = accounts.refreshSurely();
	await cli.accounts.people.create(newAnn);
	await Promise.all([first, ...Array.from({ length: 100 }, () => accounts.refreshSurely())]);
	expect(accounts.user("ann")).toEqual(ann);
	expect(source.readings).toBeLessThan(10);
});

test("what this program has changed counts from the next refresh on, once it says so", async () => {
	const accounts = new Accounts(store);
	await accounts.start();
	const told: AccountChange[] = [];
	accounts.follow((changes) => told.push(...changes));
	// One that has ended hears nothing.
	accounts.follow((changes) => told.push(...changes))();
	const change = async (work: (people: PeopleRows) => Promise<unknown>) => {
		await store.write((db) => work(peopleIn(db, store.columns)));
		accounts.changed();
		await accounts.refresh();
		return told.splice(0).map(({ what, account }) => `${what}: ${account}`);
	};
	expect(await change((people) => people.create(newAnn))).toEqual(["account added: user ann"]);
	expect(await change((people) => people.setRole(1, "teacher"))).toEqual([
		"role changed: user ann",
	]);
	expect(accounts.hasAdmin).toBe(false);
	expect(await change((people) => people.setActive(1, false))).toEqual([
		"account disabled: user ann",
	]);
	expect(await change((people) => people.setActive(1, true))).toEqual([
		"account enabled: user ann",
	]);
	// The same name is another person.
	const replaced = async (people: PeopleRows) => {
		await people.remove(1);
		await people.create(newAnn);
	};
	expect(await change(replaced)).toEqual(["account removed: user ann", "account added: user ann"]);
	expect(accounts.user("ann")?.id).toBe(2);
});

test("an account that another program has spoilt is named once, with what to do", async () => {
	const hash = await Bun.password.hash("pw", { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });
	for (const name of ["ann", "bob", "cat"]) {
		await cli.accounts.people.create({ name, hash, role: "teacher", createdAt: 1 });
	}
	const { log, lines } = recordedLog("auth");
	const accounts = new Accounts(store, log);
	const spoil = (sql: string) => {
		const db = new Database(store.path);
		db.run(sql);
		db.close();
	};
	await accounts.start();
	expect(lines).toEqual([]);
	spoil("UPDATE users SET role = '{' WHERE name = 'ann'");
	spoil("UPDATE users SET hash = 'x' WHERE name = 'bob'");
	await accounts.refresh();
	spoil("UPDATE users SET email = 'a@b' WHERE name = 'cat'");
	await accounts.refresh();
	const said = lines.map((line) => JSON.parse(line));
	expect(said.map(({ msg, row, reason }) => [msg, row, reason])).toEqual([
		[
			"a stored account has an unknown role, and may do nothing: set another role in the list of people, or restore a backup with: iotctl restore FILE",
			"users id 1",
			"role is none of student, teacher, admin",
		],
		[
			"a stored account has no password that can be checked, and cannot log in: set a password with: iotctl user passwd bob",
			"users id 2",
			"hash is not one of argon2 or bcrypt",
		],
	]);
	expect(accounts.user("cat")?.email).toBe("a@b");
});
