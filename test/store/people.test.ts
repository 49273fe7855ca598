import { describe, expect, test } from "bun:test";
import { accountsStore } from "../support/accounts-store.ts";

const database = accountsStore();

const user = (name: string, hash = "h") => ({ name, hash, role: "admin" as const, createdAt: 1.5 });
const kept = (id: number, name: string) => ({
	id,
	...user(name),
	...{ email: null, sub: null, isActive: true },
});
describe("people in the database", () => {
	test("people come by name, each with an id that is never given again", async () => {
		const { people } = database.file.accounts;
		for (const name of ["zoe", "ann", "☂"]) await people.create(user(name));
		expect(await database.store.accounts.people.list()).toEqual([
			kept(2, "ann"),
			kept(1, "zoe"),
			kept(3, "☂"),
		]);
		expect(await people.byName("ann")).toEqual(kept(2, "ann"));
		await people.remove(3);
		expect(await people.byId(3)).toBeUndefined();
		expect(await people.create(user("☂"))).toEqual(kept(4, "☂"));
		await expect(people.create(user("ann"))).rejects.toThrow();
		await expect(
			Promise.all([
				people.create({ ...user("a"), sub: "s" }),
				people.create({ ...user("b"), sub: "s" }),
			]),
		).rejects.toThrow();
	});

	test("password, role and whether a person may log in change one by one", async () => {
		const { people } = database.file.accounts;
		await people.create({ ...user("ann"), email: "ann@example.org" });
		await people.setPassword(1, "new");
		await people.setRole(1, "student");
		await people.setActive(1, false);
		const changed = {
			hash: "new",
			role: "student" as const,
			isActive: false,
			email: "ann@example.org",
		};
		expect(await database.store.accounts.people.list()).toEqual([
			{ ...kept(1, "ann"), ...changed },
		]);
	});

	test("a registration code is used until its end, and as often as it may", async () => {
		const { people } = database.file.accounts;
		const code = { hash: "c", usesLeft: 2, expiresAt: 100, createdAt: 1 };
		await people.addCode(code);
		expect(await people.codes(99)).toEqual([code]);
		expect([await people.useCode("other", 99), await people.useCode("c", 99)]).toEqual([
			false,
			true,
		]);
		expect(await people.codes(99)).toEqual([{ ...code, usesLeft: 1 }]);
		expect([await people.useCode("c", 99), await people.useCode("c", 99)]).toEqual([true, false]);
		await people.addCode(code);
		expect(await people.codes(100)).toEqual([]);
		expect(await people.useCode("c", 100)).toBe(false);
	});
});
