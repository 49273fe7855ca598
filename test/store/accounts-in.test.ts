import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountsIn } from "../../src/store/accounts-in.ts";
import { peopleIn } from "../../src/store/people-in.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let userdir: string;
let store: Store;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-accounts-in-"));
	store = new Store({ userdir, url: "test.db" }, quietLog);
});
afterEach(async () => {
	await store.close();
	rmSync(userdir, { recursive: true });
});

const ann = { name: "ann", hash: "h", role: "teacher" as const, createdAt: 1 };
const token = { name: "phones", hash: "t", createdAt: 1, expiresAt: null };

test("accounts change with the unit of work they belong to, or not at all", async () => {
	const failing = store.write(async (db) => {
		const { people, secrets } = accountsIn(db, store.columns);
		await people.create(ann);
		await secrets.addToken(token);
		expect((await people.byName("ann"))?.role).toBe("teacher");
		throw new Error("no");
	});
	await expect(failing).rejects.toThrow("no");
	expect(await store.accounts.people.list()).toEqual([]);
	expect(await store.accounts.secrets.tokens()).toEqual([]);
	await store.write((db) => accountsIn(db, store.columns).secrets.addToken(token));
	expect(await store.accounts.secrets.tokens()).toEqual([token]);
});

test("a module's own unit of work has the same people", async () => {
	const made = await store.write((db) => peopleIn(db, store.columns).create(ann));
	expect(await store.accounts.people.byId(made.id)).toEqual(made);
	const failing = store.write(async (db) => {
		await peopleIn(db, store.columns).remove(made.id);
		throw new Error("no");
	});
	await expect(failing).rejects.toThrow("no");
	expect((await store.accounts.people.list()).map(({ name }) => name)).toEqual(["ann"]);
});
