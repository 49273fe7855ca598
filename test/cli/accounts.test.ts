import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashOf } from "../../src/auth/mod.ts";
import * as accounts from "../../src/cli/accounts.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";
import * as tokens from "../../src/cli/tokens.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { AccountsFile } from "../../src/store/accounts-file.ts";

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
		return {
			users: await file.accounts.people.list(),
			tokens: await file.accounts.secrets.tokens(),
			services: await file.accounts.secrets.services(),
			codes: await file.accounts.people.codes(0),
		};
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
		expect(await printed(accounts.addUser(options, "ann"))).toStartWith(
			"Added administrator ann.\n",
		);
		const [ann] = (await stored()).users;
		expect(ann?.name).toBe("ann");
		expect(ann?.hash).not.toContain("a long password");
		expect(await refusal(accounts.addUser(options, "ann"))).toBe(
			'user "ann" already exists; change its password with: iotctl user passwd ann',
		);
	});

	test.each(["", "-x", "a b", "x".repeat(65), "☂"])("cannot be called %j", async (name) => {
		expect(await refusal(accounts.addUser(options, name))).toEndWith(
			" is not a valid name: use 1 to 64 letters (of any script), digits or . _ @ -, the first one a letter or digit",
		);
	});

	test.each(["local", "token", "anyone", "ccm", "ec", "CCM"])(
		"cannot have the reserved name %s",
		async (name) => {
			expect(await refusal(accounts.addUser(options, name))).toContain("is reserved");
		},
	);

	test("may be teachers or students, with names in any script and short passwords", async () => {
		process.env.IOTCTL_PASSWORD = "pw";
		expect(await printed(accounts.addUser(options, "王小明", "student"))).toBe(
			"Added student 王小明.\n",
		);
		expect(await printed(accounts.listUsers(options))).toMatch(/王小明 +\S+ \S+ +student\n/);
		expect(await refusal(accounts.addUser(options, "ann", "admin"))).toContain("8 to 1000");
	});

	test("are told while no login is required, and what to do about it", async () => {
		const off = "Logins are off: devices, graphs and the live page need none. To require them";
		expect(await printed(accounts.addUser(options, "ann"))).toBe(
			`Added administrator ann.\n${off}, set auth = on in [core] and restart the server.\n`,
		);
		writeFileSync(options.config, `[core]\nuserdir = ${folder}\nauth = off\nbind = 0.0.0.0\n`);
		expect(await printed(accounts.addUser(options, "bob"))).toContain(off);
		for (const login of ["auth = on", "bind = 0.0.0.0"]) {
			writeFileSync(options.config, `[core]\nuserdir = ${folder}\n${login}\n`);
			const name = login.replaceAll(" = ", "-");
			expect(await printed(accounts.addUser(options, name))).toBe(`Added administrator ${name}.\n`);
		}
	});

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
		expect(await printed(accounts.listUsers(options))).toMatch(
			/^NAME +CREATED +ROLE\nann +\d{4}-\S+ \S+ +admin\n/,
		);
		expect(await printed(accounts.removeUser(options, "ann"))).toBe("Removed ann.\n");
		expect(await refusal(accounts.removeUser(options, "ann"))).toContain('no user "ann"');
	});
});

describe("registration tokens", () => {
	test("are shown once and stored hashed, with their end", async () => {
		const shown = await printed(tokens.createToken(options, "phones", 2));
		const token = shown.split("\n")[0] ?? "";
		const [stored1] = (await stored()).tokens;
		expect(stored1).toMatchObject({ name: "phones", hash: hashOf(token) });
		expect((stored1?.expiresAt ?? 0) - (stored1?.createdAt ?? 0)).toBeCloseTo(2 * 86_400, 3);
		expect(await refusal(tokens.createToken(options, "ä", 2))).toEndWith(
			"use 1 to 64 of the characters A-Z a-z 0-9 . _ @ -, the first of them a letter or digit (reserved: local, token, anyone)",
		);
		expect(await refusal(tokens.createToken(options, "phones", 2))).toContain("already exists");
	});

	test("without days never end, and are listed and revoked by name", async () => {
		await printed(tokens.createToken(options, "phones", 2));
		await printed(tokens.createToken(options, "lamps", undefined));
		expect(await printed(tokens.listTokens(options))).toMatch(/lamps .* never\n/);
		expect(await printed(tokens.revokeToken(options, "lamps"))).toContain("Revoked lamps.");
		expect((await stored()).tokens.map(({ name }) => name)).toEqual(["phones"]);
		expect(await refusal(tokens.revokeToken(options, "lamps"))).toContain('no token "lamps"');
	});
});

describe("codes and secrets", () => {
	test("are shown once and stored hashed, with their limits", async () => {
		const shown = await printed(accounts.createCode(options, { days: 2, count: 30 }));
		expect(shown).toContain("It lets 30 people register as teachers");
		const { codes } = await stored();
		expect(codes).toMatchObject([{ hash: hashOf(shown.split("\n")[0] ?? ""), usesLeft: 30 }]);
		const secret = await printed(accounts.createSecret(options, "ccm"));
		const { services } = await stored();
		expect(services).toMatchObject([{ name: "ccm", hash: hashOf(secret.split("\n")[0] ?? "") }]);
		expect(await refusal(accounts.createSecret(options, "ann"))).toContain("is not a service");
	});
});
