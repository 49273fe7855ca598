import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashOf } from "../../src/auth/mod.ts";
import * as accounts from "../../src/cli/accounts.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { AccountsFile } from "../../src/store/mod.ts";

let folder: string;
let options: GlobalOptions & { readonly config: string };
const passwordBefore = process.env.IOTCTL_PASSWORD;

/** What a command printed. */
async function printed(work: Promise<void>): Promise<string> {
	const write = spyOn(process.stdout, "write").mockImplementation(() => true);
	try {
		await work;
		return write.mock.calls.map(([text]) => String(text)).join("");
	} finally {
		write.mockRestore();
	}
}

async function stored() {
	const file = new AccountsFile(join(folder, "iottalk.db"));
	try {
		return { users: await file.accounts.users(), tokens: await file.accounts.tokens() };
	} finally {
		file.close();
	}
}

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-accounts-"));
	options = { modules: SERVER_MODULES, config: join(folder, "x.ini") };
	writeFileSync(options.config, `[core]\nuserdir = ${folder}\n`);
	process.env.IOTCTL_PASSWORD = "a long password";
});
afterEach(() => {
	if (passwordBefore === undefined) delete process.env.IOTCTL_PASSWORD;
	else process.env.IOTCTL_PASSWORD = passwordBefore;
	rmSync(folder, { recursive: true });
});

/** The message a command fails with. */
const refusal = (work: Promise<void>) =>
	work.then(
		() => "It was done",
		(error: Error) => error.message,
	);

describe("administrators", () => {
	test("are added once, with a hash that is not the password", async () => {
		expect(await printed(accounts.addUser(options, "ann"))).toBe("Added administrator ann.\n");
		const [ann] = (await stored()).users;
		expect(ann?.name).toBe("ann");
		expect(ann?.hash).not.toContain("a long password");
		expect(await refusal(accounts.addUser(options, "ann"))).toBe(
			'user "ann" already exists; change its password with: iotctl user passwd ann',
		);
	});

	test.each(["", "-x", "a b", "local", "token", "anyone", "x".repeat(65), "ä"])(
		"cannot be called %j",
		async (name) => {
			expect(await refusal(accounts.addUser(options, name))).toContain("is not a valid name");
		},
	);

	test.each(["short", "x".repeat(1001)])("cannot have a password like %j", async (password) => {
		await printed(accounts.addUser(options, "ann"));
		process.env.IOTCTL_PASSWORD = password;
		expect(await refusal(accounts.addUser(options, "bob"))).toBe(
			"a password must have 8 to 1000 characters",
		);
		expect((await stored()).users.map(({ name }) => name)).toEqual(["ann"]);
	});

	test("get another password, and are removed, if they are there", async () => {
		await printed(accounts.addUser(options, "ann"));
		const hash = (await stored()).users[0]?.hash;
		process.env.IOTCTL_PASSWORD = "another password";
		expect(await printed(accounts.changePassword(options, "ann"))).toContain("ann");
		expect((await stored()).users[0]?.hash).not.toBe(hash);
		expect(await refusal(accounts.changePassword(options, "bob"))).toContain('no user "bob"');
		expect(await printed(accounts.listUsers(options))).toMatch(/^NAME +CREATED\nann +\d{4}-/);
		expect(await printed(accounts.removeUser(options, "ann"))).toBe("Removed ann.\n");
		expect(await refusal(accounts.removeUser(options, "ann"))).toContain('no user "ann"');
	});
});

describe("registration tokens", () => {
	test("are shown once and stored hashed, with their end", async () => {
		const shown = await printed(accounts.createToken(options, "phones", 2));
		const token = shown.split("\n")[0] ?? "";
		const [stored1] = (await stored()).tokens;
		expect(stored1).toMatchObject({ name: "phones", hash: hashOf(token) });
		expect((stored1?.expiresAt ?? 0) - (stored1?.createdAt ?? 0)).toBeCloseTo(2 * 86_400, 3);
		expect(await refusal(accounts.createToken(options, "phones", 2))).toContain("already exists");
	});

	test("without days never end, and are listed and revoked by name", async () => {
		await printed(accounts.createToken(options, "phones", 2));
		await printed(accounts.createToken(options, "lamps", undefined));
		expect(await printed(accounts.listTokens(options))).toMatch(/lamps .* never\n/);
		expect(await printed(accounts.revokeToken(options, "lamps"))).toContain("Revoked lamps.");
		expect((await stored()).tokens.map(({ name }) => name)).toEqual(["phones"]);
		expect(await refusal(accounts.revokeToken(options, "lamps"))).toContain('no token "lamps"');
	});
});
