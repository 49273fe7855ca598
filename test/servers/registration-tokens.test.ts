import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accounts } from "../../src/auth/accounts.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import { Refusal } from "../../src/ccm/projects/refusal.ts";
import { freeName, makeToken } from "../../src/servers/registration-tokens.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let folder: string;
let store: Store;
let accounts: Accounts;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-tokens-"));
	store = new Store({ userdir: folder, url: "test.db" }, quietLog);
	accounts = new Accounts(store);
	await accounts.start();
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

test("a token counts when it is made, under the first free name", async () => {
	const make = (expiresAt: number | null) =>
		makeToken({ store, accounts }, (taken) => freeName("ann", taken), 100, expiresAt);
	const first = await make(null);
	const second = await make(200);
	expect([first.name, second.name]).toEqual(["ann", "ann-2"]);
	expect(accounts.tokenByHash(hashOf(second.token))).toMatchObject({
		name: "ann-2",
		expiresAt: 200,
	});
});

test("a refused name leaves nothing; expired tokens keep their names and do not count", async () => {
	await makeToken({ store, accounts }, () => "ann", 100, 150);
	await makeToken({ store, accounts }, () => "ann-2", 100, null);
	const seen: string[][] = [];
	const refuse = (taken: ReadonlySet<string>, valid: ReadonlySet<string>) => {
		seen.push([...taken].sort(), [...valid]);
		throw new Refusal(409, "too many");
	};
	await makeToken({ store, accounts }, refuse, 200, null).then(
		() => expect.unreachable(),
		(error) => expect(error).toBeInstanceOf(Refusal),
	);
	expect(seen).toEqual([["ann", "ann-2"], ["ann-2"]]);
});
