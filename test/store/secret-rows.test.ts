import { describe, expect, test } from "bun:test";
import { accountsStore } from "../support/accounts-store.ts";

const database = accountsStore();

const token = (name: string, hash = name) => ({ name, hash, createdAt: 1.5, expiresAt: null });

describe("secrets in the database", () => {
	test("a service has one secret, and the last one counts", async () => {
		const { secrets } = database.file.accounts;
		await secrets.putService({ name: "ccm", hash: "a", createdAt: 1 });
		await secrets.putService({ name: "ccm", hash: "b", createdAt: 2 });
		expect(await database.store.accounts.secrets.services()).toEqual([
			{ name: "ccm", hash: "b", createdAt: 2 },
		]);
	});

	test("tokens come by name, and each name and hash is there once", async () => {
		await database.file.accounts.secrets.addToken({ ...token("phones"), expiresAt: 9.5 });
		await database.file.accounts.secrets.addToken(token("lamps"));
		expect(await database.store.accounts.secrets.tokens()).toEqual([
			token("lamps"),
			{ ...token("phones"), expiresAt: 9.5 },
		]);
		await expect(
			database.file.accounts.secrets.addToken(token("lamps", "other")),
		).rejects.toThrow();
		await expect(
			database.file.accounts.secrets.addToken(token("other", "lamps")),
		).rejects.toThrow();
		await database.file.accounts.secrets.removeToken("phones");
		expect(await database.store.accounts.secrets.tokens()).toEqual([token("lamps")]);
	});
});
