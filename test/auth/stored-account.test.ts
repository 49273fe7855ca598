import { describe, expect, test } from "bun:test";
import { hashPassword, NO_PASSWORD } from "../../src/auth/secrets.ts";
import { problemWithAccount } from "../../src/auth/stored-account.ts";
import type { UserRecord } from "../../src/store/mod.ts";

const ann = { name: "ann", role: "teacher", hash: NO_PASSWORD } as const;

describe("a stored account", () => {
	test("is fine as this program writes it, with a password and without", async () => {
		expect(problemWithAccount(ann)).toBeUndefined();
		const hash = await hashPassword("a long password");
		expect(problemWithAccount({ ...ann, hash, role: "admin" })).toBeUndefined();
		expect(problemWithAccount({ ...ann, hash: await Bun.password.hash("pw", "bcrypt") })).toBe(
			undefined,
		);
	});

	test("with a role that does not exist is said to be of no use", () => {
		const role = "{" as UserRecord["role"];
		expect(problemWithAccount({ ...ann, role })?.what).toBe(
			"has an unknown role, and may do nothing",
		);
	});

	test.each(["", "x", "$argon2id"])("with %j for a hash needs a password", (hash) => {
		expect(problemWithAccount({ ...ann, hash })?.help).toBe(
			"set a password with: iotctl user passwd ann",
		);
	});
});
