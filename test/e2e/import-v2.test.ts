// Moving from the original's project manager, with the compiled binary.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDatabase, TESTS_POSTGRES } from "../support/own-database.ts";
import { RestClient } from "../support/rest-client.ts";
import { BINARY, PATH_WITH_BINARY, spawnBinary } from "../support/target.ts";
import { makeV2Database } from "../support/v2-database.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

let folder: string;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-import-v2-"));
	const ports = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
	writeFileSync(
		join(folder, "a.ini"),
		`[core]\nuserdir = ${folder}/a\n${ports}${(await ownDatabase()).section()}`,
	);
	makeV2Database(join(folder, "v2.db"));
	// A dry run makes no tables: an empty database in PostgreSQL is refused.
	if (TESTS_POSTGRES) run(["initdb"]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(words: readonly string[], input = "") {
	const { exitCode, stdout, stderr } = Bun.spawnSync([BINARY, "-c", "a.ini", ...words], {
		cwd: folder,
		env: { ...process.env, HOME: folder, PATH: PATH_WITH_BINARY },
		stdin: Buffer.from(input),
		timeout: LONG_DEADLINE_MS,
	});
	return { exitCode, out: stdout.toString(), err: stderr.toString() };
}

describe("iotctl import-v2", () => {
	test("a dry run changes nothing, the import adds all there is, another one nothing", async () => {
		const file = readFileSync(join(folder, "v2.db"));
		const dry = run(["import-v2", "--dry-run", "v2.db"]);
		expect([dry.exitCode, dry.err]).toEqual([0, ""]);
		expect(dry.out).toMatch(/^Dry run, nothing was changed:\n {2}people {5}3 added\n/);
		expect(dry.out).toContain('  - account "gone" (5): the account was deleted\n');
		expect(readdirSync(folder).includes("a")).toBe(TESTS_POSTGRES);

		const done = run(["import-v2", "v2.db"]);
		expect([done.exitCode, done.err]).toEqual([0, ""]);
		expect(done.out).toContain("Imported v2.db:\n");
		expect(done.out).toContain("iotctl -c a.ini user passwd NAME\n");
		const again = JSON.parse(run(["import-v2", "--json", "v2.db"]).out);
		expect(again).toMatchObject({ dry_run: false, added: { projects: 0 }, there: { projects: 2 } });
		expect(readFileSync(join(folder, "v2.db")).equals(file)).toBe(true);
		expect(readdirSync(folder).toSorted()).toEqual(["a", "a.ini", "v2.db"]);
	});

	test("people log in once they have a password, and find their projects", async () => {
		expect(run(["import-v2", "v2.db"]).exitCode).toBe(0);
		expect(run(["user", "list"]).out).toMatch(/\nann .* teacher, disabled\n/);
		expect(run(["user", "passwd", "ann"], "pw\n").exitCode).toBe(0);
		const server = await spawnBinary(join(folder, "a.ini"), {}, [], []);
		const client = new RestClient(`http://127.0.0.1:${server.ports.http}`);
		const login = (username: string, password: string) =>
			client.send("POST", "/account/login", { username, password });
		expect((await login("bob", "x")).status).toBe(401);
		expect((await login("ann", "pw")).status).toBe(200);
		const { data } = await client.ok("GET", "/project");
		expect(data).toMatchObject([{ p_name: "light", status: "on" }]);
		const busy = run(["import-v2", "v2.db"]);
		expect(busy.exitCode).toBe(1);
		expect(busy.err.trimEnd().split("\n")).toHaveLength(1);
		expect(run(["import-v2", "--dry-run", "v2.db"]).exitCode).toBe(0);
		await server.stop();
	});

	test("another file is refused in one line, and no database is made for it", () => {
		writeFileSync(join(folder, "text.db"), "no database");
		writeFileSync(join(folder, "half.db"), readFileSync(join(folder, "v2.db")).subarray(0, 6000));
		for (const [file, why] of [
			["text.db", '"text.db" is not an SQLite database'],
			["half.db", '"half.db" is damaged'],
			["none.db", 'Cannot read "none.db": no such file'],
		] as const) {
			const { exitCode, err } = run(["import-v2", file]);
			expect(exitCode).toBe(1);
			expect(err).toStartWith(`iotctl: ${why}`);
			expect(err.trimEnd().split("\n")).toHaveLength(1);
		}
		expect(run(["import-v2"]).exitCode).toBe(2);
	});
});
