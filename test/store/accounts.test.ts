import { describe, expect, test } from "bun:test";
import { accountsStore } from "../support/accounts-store.ts";

const database = accountsStore();

const user = (name: string, hash = "h") => ({ name, hash, role: "admin" as const, createdAt: 1.5 });
describe("accounts in the database", () => {
	test("a change is noticed by the server once, and its own are not", async () => {
		database.store.changedOutside();
		expect(database.store.changedOutside()).toBe(false);
		await database.file.accounts.people.create(user("ann"));
		expect([database.store.changedOutside(), database.store.changedOutside()]).toEqual([
			true,
			false,
		]);
		await database.store.write((db) => db.run("UPDATE users SET hash = 'own'"));
		expect(database.store.changedOutside()).toBe(false);
	});
});
