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

	test("a clock that is ahead ends no registration code for good", async () => {
		const { people } = database.file.accounts;
		const code = { usesLeft: 1, expiresAt: 100, createdAt: 1 };
		await people.addCode({ ...code, hash: "c" });
		await people.addCode({ ...code, hash: "ahead", expiresAt: 1200, createdAt: 1100 });
		expect([await people.useCode("c", 1101), await people.useCode("ahead", 1101)]).toEqual([
			false,
			true,
		]);
		expect(await people.useCode("c", 99)).toBe(true);
		expect(await people.useCode("c", 99)).toBe(false);
	});

	test("of registration codes that have ended the last thousand are kept", async () => {
		const { people } = database.file.accounts;
		for (let n = 0; n < 1003; n++) {
			await people.addCode({ hash: `${n}`, usesLeft: 1, expiresAt: n + 10, createdAt: n });
		}
		const forever = { hash: "forever", usesLeft: 1, expiresAt: 1e9, createdAt: 0 };
		await people.addCode(forever);
		await people.addCode({ hash: "new", usesLeft: 1, expiresAt: 1e9, createdAt: 5000 });
		const left = (await people.codes(0)).map(({ hash }) => hash);
		expect(left.length).toBe(1002);
		expect(left).toContain("forever");
		expect([left.includes("2"), left.includes("3"), left.includes("new")]).toEqual([
			false,
			true,
			true,
		]);
	});
});
