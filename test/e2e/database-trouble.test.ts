// What the executable says about a database that it cannot use, or not in whole.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
	appendFileSync,
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { body, call } from "../support/gateway.ts";
import { RestClient } from "../support/rest-client.ts";
import { canMount, SmallDisk } from "../support/small-disk.ts";
import { BINARY, spawnBinary, startBinary } from "../support/target.ts";

const VERSION = CSM_SCHEMA.migrations.length;

let folder: string;
let ini: string;
let path: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-trouble-"));
	ini = join(folder, "trouble.ini");
	path = join(folder, "state", "iottalk.db");
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}/state\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`,
	);
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(BINARY, ["-c", ini, ...args], { encoding: "utf8" });
	return { status, out: stdout, err: stderr };
}

/** Changes the database as another program would. */
function change(file: string, ...statements: string[]): void {
	const db = new Database(file, { create: true });
	for (const statement of statements) db.run(statement);
	db.close();
}

describe("a database that cannot be used", () => {
	test.each([
		[
			"another program's",
			["DROP TABLE schema_versions"],
			"it is a database of another program; choose another file with url in [core-db]",
		],
		[
			"of a newer version",
			["UPDATE schema_versions SET version = 99 WHERE module = 'csm'"],
			`a newer version of iotctl wrote it (schema 99 of csm, this program knows ${VERSION})`,
		],
		[
			"lacking a column",
			["ALTER TABLE links DROP COLUMN asked"],
			`its table links is not that of schema ${VERSION} of csm (no such column: asked): restore a backup`,
		],
		[
			"with half a migration",
			["UPDATE schema_versions SET version = 5 WHERE module = 'csm'"],
			'migration "refused_functions" of csm does not fit its tables (duplicate column name: error)',
		],
	])("%s: a start ends with one line that says what to do", (_, statements, reason) => {
		expect(run("initdb").status).toBe(0);
		change(path, ...statements);
		const { status, out, err } = run("start", "csm");
		expect([status, out]).toEqual([1, ""]);
		expect(err).toStartWith(`iotctl: Cannot use the database "${path}": `);
		expect(err).toContain(reason);
		expect(err.trimEnd().split("\n")).toHaveLength(1);
		expect(run("start", "csm").err).toBe(err);
	});

	test.each([
		["other tables", ["CREATE TABLE theirs (a)", "PRAGMA user_version = 75"]],
		[
			"versions of another kind",
			["CREATE TABLE schema_versions (id, ts)", "PRAGMA user_version = 10"],
		],
	])("another program's with %s stays as it is, whichever command is typed", (_, statements) => {
		const theirs = join(folder, "theirs.db");
		change(theirs, ...statements);
		chmodSync(theirs, 0o644);
		utimesSync(theirs, 981_173_106, 981_173_106);
		appendFileSync(ini, `[core-db]\nurl = ${theirs}\n`);
		const before = readFileSync(theirs);
		for (const words of [["start", "csm"], ["initdb"], ["user", "list"], ["backup", folder]]) {
			const { status, err } = run(...words);
			expect([status, err]).toEqual([
				1,
				`iotctl: Cannot use the database "${theirs}": it is a database of another program; choose another file with url in [core-db]\n`,
			]);
		}
		const { mode, mtimeMs } = statSync(theirs);
		expect([mode & 0o777, mtimeMs]).toEqual([0o644, 981_173_106_000]);
		expect(readFileSync(theirs).equals(before)).toBe(true);
		expect(readdirSync(folder).filter((name) => name.startsWith("theirs"))).toEqual(["theirs.db"]);
	});

	test.if(canMount())("on a full disk: what to do about it", () => {
		const disk = new SmallDisk(256);
		appendFileSync(ini, `[core-db]\nurl = ${disk.path}/iottalk.db\n`);
		try {
			writeFileSync(join(disk.path, "ballast"), Buffer.alloc(1 << 20));
		} catch {}
		expect(run("start", "csm")).toMatchObject({
			status: 1,
			err: `iotctl: Cannot open the database "${disk.path}/iottalk.db": the disk is full; free some space (df -h "${disk.path}" shows how much there is)\n`,
		});
		rmSync(join(disk.path, "ballast"));
		// Room for the files, but not for what is in them.
		writeFileSync(join(disk.path, "ballast"), Buffer.alloc(208 << 10));
		expect(run("start", "csm").err).toContain("the disk is full; free some space (df -h");
		disk.dispose();
	});

	test("check says so before a start does", () => {
		expect(run("initdb").status).toBe(0);
		change(path, "UPDATE schema_versions SET version = 99 WHERE module = 'csm'");
		const { status, out } = run("check");
		expect(status).not.toBe(0);
		expect(out).toMatch(/^FAIL +database .*a newer version of iotctl wrote it/m);
	});

	test("that is none is moved aside, by initdb as by a start", () => {
		mkdirSync(join(folder, "state"), { mode: 0o700 });
		writeFileSync(path, "a text, and not a database".repeat(100));
		const { status, err } = run("initdb");
		expect(status).toBe(0);
		expect(err).toContain("the database is damaged: moved aside; started with an empty database");
		expect(run("check").out).toMatch(/^ok +database .*: 0 devices, 0 graphs/m);
	});
});

test("rows that cannot be read cost one line each, and the rest is served", async () => {
	const first = await startBinary();
	const [good, bad] = [crypto.randomUUID(), crypto.randomUUID()];
	for (const id of [good, bad]) await call(first, "PUT", `/${id}`, body());
	const target = await first.restart(() =>
		change(
			join(first.userdir, "iottalk.db"),
			`UPDATE devices SET profile = '[' WHERE da_id = '${bad}'`,
			"INSERT INTO graphs (client, graph, join_depends, monitoring) VALUES ('c', 'g', 'nope', 0)",
		),
	);
	expect(target.log()).toContain("stored device left out until it registers again");
	expect(target.log()).toContain("stored row left out; draw it again, or restore a backup");
	expect((await call(target, "GET", `/${good}`)).status).toBe(200);
	expect((await call(target, "GET", `/${bad}`)).status).toBe(404);
	expect((await call(target, "PUT", `/${bad}`, body())).status).toBe(200);
	expect((await call(target, "GET", `/${bad}`)).status).toBe(200);
	await target.dispose();
});

test("a project that cannot be read is named once, listed and deleted; all else is served", async () => {
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}/state\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`,
	);
	const first = await spawnBinary(ini, {}, [], []);
	const teacher = await RestClient.open(`http://127.0.0.1:${first.ports.http}`);
	const ids = [];
	for (const p_name of ["one", "two", "three"]) {
		ids.push(Number((await teacher.ok("PUT", "/project", { p_name })).p_id));
	}
	await first.stop();
	change(
		path,
		`UPDATE ccm_project SET blocks = '{' WHERE p_id = ${ids[1]}`,
		"PRAGMA ignore_check_constraints = ON",
		`UPDATE ccm_project SET status = '{' WHERE p_id = ${ids[2]}`,
		"UPDATE ccm_feature SET df_type = '{' WHERE df_id = 1",
	);
	const second = await spawnBinary(ini, {}, [], []);
	const again = await RestClient.open(`http://127.0.0.1:${second.ports.http}`);
	const list = async () => {
		const { projects } = await again.ok("GET", "/api/v1/projects");
		return (projects as Record<string, unknown>[]).map(({ p_name, is_unreadable }) => [
			...[p_name, is_unreadable === true],
		]);
	};
	expect(await list()).toEqual([
		["one", false],
		["two", true],
		["three", true],
	]);
	for (const id of ids.slice(1)) {
		const { status, body } = await again.send("GET", `/api/v1/projects/${id}`);
		expect(status).toBe(500);
		expect(body.reason).toMatch(/^project \d+ \(\w+\) cannot be read in the database: delete it/);
		await again.ok("DELETE", `/project/${id}`);
	}
	expect(await list()).toEqual([["one", false]]);
	await second.stop();
	const bad = second
		.log()
		.split("\n")
		.filter((line) => /stored row|trying again|internal|damaged/.test(line));
	expect(bad, second.log()).toHaveLength(3);
	for (const line of bad) {
		expect(line).toContain("a stored row cannot be read and is left out: ");
		expect(line).toContain("restore a backup with: iotctl restore FILE");
	}
	expect(readdirSync(join(folder, "state")).filter((name) => name.includes("damaged"))).toEqual([]);
});
