// A file of another program that url in [core-db] names by mistake stays as it is, whatever is in it.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { ConfigError } from "../../src/kit/errors.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { DATABASE_PARTS } from "../../src/store/set-aside.ts";
import { Store } from "../../src/store/store.ts";
import { openCsmStore } from "../support/csm-store.ts";
import { quietLog } from "../support/log.ts";

const FOREIGN = "it is a database of another program; choose another file with url in [core-db]";
const LONG_AGO = new Date("2001-02-03T04:05:06Z");

let folder: string;
let userdir: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-foreign-"));
	chmodSync(folder, 0o755);
	userdir = join(folder, "state");
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, "theirs.db");
const open = (schemas = [CSM_SCHEMA]) => new Store({ userdir, url: path() }, quietLog, schemas);

function make(...statements: string[]): void {
	const db = new Database(path(), { create: true });
	for (const statement of statements) db.run(statement);
	db.run("PRAGMA wal_checkpoint(TRUNCATE)");
	db.close();
	chmodSync(path(), 0o644);
	utimesSync(path(), LONG_AGO, LONG_AGO);
}

/** All that could change: files, their bytes, modes and times. What readers share changes with each of them. */
const stateOf = () =>
	readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => {
			const { mode, mtimeMs } = statSync(join(folder, name));
			return [name, mode, mtimeMs, Bun.hash(readFileSync(join(folder, name)))];
		})
		.toSorted();

function expectUntouched(refused: () => unknown, message: string): void {
	const before = stateOf();
	expect(refused).toThrow(ConfigError);
	expect(refused).toThrow(`Cannot use the database "${path()}": ${message}`);
	expect(stateOf()).toEqual(before);
}

describe.each([0, 1, 3, 9, 10, 11, 75, -1])("user_version %i", (version) => {
	test.each<[string, string[]]>([
		["other tables", ["CREATE TABLE theirs (a)"]],
		["schema_versions with other columns", ["CREATE TABLE schema_versions (id, ts)"]],
		[
			"schema_versions of other modules",
			[
				"CREATE TABLE schema_versions (module, version)",
				"INSERT INTO schema_versions VALUES ('mail', 3)",
			],
		],
		[
			"tables of our names with other columns",
			[
				..."devices functions graphs topics links retained users tokens"
					.split(" ")
					.map((name) => `CREATE TABLE ${name} (id, email)`),
			],
		],
	])("%s: is refused and stays as it is", (_, statements) => {
		make(...statements, `PRAGMA user_version = ${version}`);
		expectUntouched(open, FOREIGN);
		expectUntouched(() => open([]), FOREIGN);
		expectUntouched(() => new StoreReader(path(), [CSM_SCHEMA]), FOREIGN);
	});
});

test("without tables, but with a version that is not ours: it is another program's as well", () => {
	make("PRAGMA user_version = 75");
	expectUntouched(open, FOREIGN);
});

test("in WAL mode, closed: no log is put beside it", () => {
	make("PRAGMA journal_mode = WAL", "CREATE TABLE theirs (a)");
	expectUntouched(open, FOREIGN);
	expect(readdirSync(folder)).not.toContain("theirs.db-wal");
});

test("whose program was killed: its log is read and stays", () => {
	const live = join(folder, "live.db");
	const db = new Database(live, { create: true });
	db.run("PRAGMA journal_mode = WAL");
	db.run("CREATE TABLE theirs (a)");
	for (const part of DATABASE_PARTS) copyFileSync(live + part, path() + part);
	db.close();
	expect(statSync(`${path()}-wal`).size).toBeGreaterThan(0);
	expectUntouched(open, FOREIGN);
});

test("the user directory stays as it is as well", () => {
	mkdirSync(userdir);
	chmodSync(userdir, 0o755);
	make("CREATE TABLE theirs (a)");
	expectUntouched(open, FOREIGN);
	expect([statSync(userdir).mode & 0o777, readdirSync(userdir)]).toEqual([0o755, []]);
});

test("one of ours that a newer version has written is told apart, and stays as it is", async () => {
	await open().close();
	make("PRAGMA user_version = 11");
	expectUntouched(open, "a newer version of iotctl wrote it (schema 11, this program knows 10)");
});

test("one of ours whose server was killed opens with all that is in its log", async () => {
	const { store, csm } = openCsmStore(folder, { url: "ours.db" });
	await csm.write(({ deviceApiClients }) => deviceApiClients.add("gui"));
	for (const part of DATABASE_PARTS) {
		copyFileSync(join(folder, `ours.db${part}`), path() + part);
	}
	await store.close();
	const again = openCsmStore(folder, { url: "theirs.db" });
	expect(await again.csm.rows.deviceApiClients.all()).toEqual(["gui"]);
	await again.store.close();
});

test("a directory is not a database, and keeps its mode", () => {
	mkdirSync(path());
	chmodSync(path(), 0o755);
	expect(() => open()).toThrow(
		/^Cannot open the database ".*": it is a directory; choose another file with url in \[core-db\]$/,
	);
	expect([statSync(path()).mode & 0o777, readdirSync(folder).toSorted()]).toEqual([
		0o755,
		["state", "theirs.db"],
	]);
});
