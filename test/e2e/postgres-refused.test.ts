// What commands say of PostgreSQL when the ini or the database is not as they need it: one line, and no password.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { postgresForAll } from "../support/databases.ts";
import { hasPostgres } from "../support/postgres-server.ts";

let home: TestHome;
beforeAll(() => {
	home = new TestHome("refused");
});
afterAll(() => home.clear());

const write = (url: string, type = "postgres") =>
	home.write("iottalk.ini", `${home.iniText()}[core-db]\ntype = ${type}\nurl = ${url}\n`);
/** What a command says that fails. */
const refused = (...words: string[]) => {
	const { exitCode, out, err } = home.run(...words);
	expect({ words, exitCode, lines: err.trim().split("\n").length }).toEqual({
		...{ words, exitCode: 1, lines: 1 },
	});
	expect(err).not.toContain("unexpected failure");
	return out + err;
};

describe("a password in the address is not repeated", () => {
	test.each([
		["postgres://ann:geheim@h/x", ["backup", "copies"]],
		["postgres://ann:geheim@h/x", ["restore", "copy.db"]],
		["postgres://ann:geheim@h/x", ["check"]],
		["mysql://ann:geheim@h/x", ["start", "csm"]],
		["ann:geheim@h/x", ["initdb"]],
		["postgres://ann@h/x?password=geheim", ["export", "-"]],
		...["mysql://ann:geheim@h/x", "postgres//ann:geheim@h/x", "user=ann password=geheim"].flatMap(
			(url): [string, string[]][] => [
				[url, ["check"]],
				[url, ["backup", "copies"]],
				[url, ["restore", "copy.db"]],
			],
		),
	])("%s: %j", (url, words) => {
		write(url);
		expect(refused(...words)).not.toContain("geheim");
		write(url, "sqlite");
		if (url.includes("://")) expect(refused(...words)).not.toContain("geheim");
	});
});

test("check refuses what a start would: a type without an address of it", () => {
	home.write("iottalk.ini", `${home.iniText()}[core-db]\ntype = postgres\n`);
	for (const words of [["check"], ["start", "csm"]]) {
		expect(refused(...words)).toContain("is not the address of a PostgreSQL database");
	}
});

test("a file of a password that others can read is noted by check", () => {
	const path = home.write("password", "long and secret\n");
	write(`postgres://ann@127.0.0.1:1/x\npassword-file = ${path}`);
	const notes = (mode: number) => {
		chmodSync(path, mode);
		return home.run("check").out.match(/^note {2}privacy .*$/gm) ?? [];
	};
	expect(notes(0o600).join()).not.toContain(path);
	expect(notes(0o644).join()).toContain(
		`${path} is 0644: other users of this machine can read it; it is not changed: chmod 600`,
	);
});

describe.skipIf(!hasPostgres())("a database", () => {
	const postgres = postgresForAll();

	test("with a limit that breaks commands off is named by each of them", async () => {
		const name = await postgres.server.database();
		write(postgres.server.url(name));
		expect(home.run("initdb").exitCode).toBe(0);
		expect(home.run("export", "all.json").exitCode).toBe(0);
		await postgres.server.ask(`ALTER DATABASE ${name} SET statement_timeout = 1`);
		for (const words of [["initdb"], ["user", "list"], ["import", "--dry-run", "all.json"]]) {
			expect(refused(...words)).toContain("SET statement_timeout = 0\n");
		}
	});

	test("is used by an account command on a machine that has nothing else of it", async () => {
		const name = await postgres.server.database();
		write(postgres.server.url(name));
		expect(home.run("initdb").exitCode).toBe(0);
		rmSync(join(home.folder, "state"), { recursive: true });
		const add = () => home.runWith("a long password\n", "-c", home.ini, "user", "add", "ann");
		expect(add()).toMatchObject({ exitCode: 0, out: expect.stringContaining("ann") });
		await postgres.server.ask(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
		expect(home.runWith("a long password\n", "-c", home.ini, "user", "add", "bob")).toMatchObject({
			exitCode: 1,
			err: expect.stringMatching(/^iotctl: .*takes no changes at the moment .*\n$/),
		});
	});
});
