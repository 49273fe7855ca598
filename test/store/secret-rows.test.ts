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

const token = (name: string, hash = name) => ({ name, hash, createdAt: 1.5, expiresAt: null });

describe("secrets in the database", () => {
	test("a service has one secret, and the last one counts", async () => {
		const { secrets } = file.accounts;
		await secrets.putService({ name: "ccm", hash: "a", createdAt: 1 });
		await secrets.putService({ name: "ccm", hash: "b", createdAt: 2 });
		expect(await store.accounts.secrets.services()).toEqual([
			{ name: "ccm", hash: "b", createdAt: 2 },
		]);
		await secrets.removeService("ccm");
		expect(await store.accounts.secrets.services()).toEqual([]);
	});

	test("tokens come by name, and each name and hash is there once", async () => {
		await file.accounts.secrets.addToken({ ...token("phones"), expiresAt: 9.5 });
		await file.accounts.secrets.addToken(token("lamps"));
		expect(await store.accounts.secrets.tokens()).toEqual([
			token("lamps"),
			{ ...token("phones"), expiresAt: 9.5 },
		]);
		await expect(file.accounts.secrets.addToken(token("lamps", "other"))).rejects.toThrow();
		await expect(file.accounts.secrets.addToken(token("other", "lamps"))).rejects.toThrow();
		await file.accounts.secrets.removeToken("phones");
		expect(await store.accounts.secrets.tokens()).toEqual([token("lamps")]);
	});
});
