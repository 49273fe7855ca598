// What is wrong with the database of `start ccm` is said of [gui-db], where its address is.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { postgresForAll } from "../support/databases.ts";
import { freePort } from "../support/ports.ts";
import { hasPostgres } from "../support/postgres-server.ts";

let home: TestHome;
beforeAll(() => {
	home = new TestHome("gui-db");
});
afterAll(() => home.clear());

const ALONE = [
	["start", "ccm"],
	["initdb", "ccm", "--alone"],
];
/** What commands for `start ccm` say of a database. */
const said = (url: string, commands = ALONE) => {
	home.write("iottalk.ini", `${home.iniText()}[gui]\nport = 0\n[gui-db]\nurl = ${url}\n`);
	return commands.map((words) => {
		const { exitCode, err } = home.run(...words);
		expect({ words, exitCode, lines: err.trim().split("\n").length }).toEqual({
			...{ words, exitCode: 1, lines: 1 },
		});
		return err;
	});
};

test("a file that cannot be used", () => {
	mkdirSync(join(home.folder, "state/folder"), { recursive: true, mode: 0o700 });
	symlinkSync("elsewhere.db", join(home.folder, "state/link.db"));
	for (const text of said("folder")) {
		expect(text).toEndWith("it is a directory; choose another file with url in [gui-db]\n");
	}
	for (const text of said("link.db")) expect(text).toContain("set url in [gui-db] to the file");
	const [restored] = said(":memory:", [["restore", "--alone", "x.db"]]);
	expect(restored).toContain("in the server's memory only (url in [gui-db] is :memory:)");
});

test("an address of PostgreSQL that is none", () => {
	for (const text of said("postgres://u:geheim@h/x")) {
		expect(text).toStartWith("iotctl: url in [gui-db] has a password in it; ");
		expect(text).not.toContain("geheim");
	}
	const [first] = said("postgres://h/x");
	expect(first).toStartWith('iotctl: url in [gui-db] is "postgres://h/x": it names no user');
});

test("a PostgreSQL that is not there", async () => {
	const [exported] = said(`postgres://u@127.0.0.1:${await freePort()}/x`, [["export", "all.json"]]);
	expect(exported).toEndWith("start PostgreSQL there, or change url in [gui-db]\n");
});

describe.skipIf(!hasPostgres())("in PostgreSQL", () => {
	const postgres = postgresForAll();

	test("another program's database", async () => {
		const name = await postgres.server.database();
		await postgres.server.ask("CREATE TABLE wp_posts (id int)", name);
		for (const text of said(postgres.server.url(name))) {
			expect(text).toEndWith("use an empty one, with url in [gui-db]\n");
		}
	});
});
