import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { ConfigError } from "../../src/kit/errors.ts";
import { openToRead } from "../../src/store/db.ts";
import type { ModuleSchema } from "../../src/store/module-schema.ts";
import { STORE_SCHEMA } from "../../src/store/schema.ts";
import { Store } from "../../src/store/store.ts";
import { noBadRow, openCsmStore } from "../support/csm-store.ts";
import { quietLog } from "../support/log.ts";

const SINGLE_HISTORY = join(import.meta.dir, "single-history");
const FILES = readdirSync(SINGLE_HISTORY).sort();

let userdir: string;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-versions-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

const path = () => join(userdir, "test.db");
const open = (schemas: readonly ModuleSchema[]) =>
	new Store({ userdir, url: "test.db" }, quietLog, schemas);

/** Runs statements in the file, which is made when it is not there. */
function change(...statements: string[]): void {
	const db = new Database(path(), { create: true });
	for (const statement of statements) db.run(statement);
	db.close();
}

function rowsOf<T>(query: string): T[] {
	const db = new Database(path());
	const rows = db.query<T, []>(query).all();
	db.close();
	return rows;
}

/** Makes the file as the program left it whose single history had so many migrations, with a row for each table. */
function oldDatabase(version: number): void {
	const data = [
		"INSERT INTO devices (da_id, rev, name, accept_protos, profile, register_time) VALUES ('d', 'r', 'n', '[\"mqtt\"]', '{}', 1)",
		"INSERT INTO functions VALUES ('f', 'code', 1, 5)",
		"INSERT INTO graphs (client, graph, join_depends) VALUES ('c', 'g', '{}')",
		"INSERT INTO topics VALUES ('d', 'idf', 'x', 't')",
		"INSERT INTO links (client, graph, da_id, mode, feature, depends, tag_param_no) VALUES ('c', 'g', 'd', 'idf', 'x', '{}', 0)",
		...(version >= 2 ? ["INSERT INTO device_api_clients VALUES ('gui')"] : []),
		...(version >= 3 ? ["INSERT INTO retained VALUES ('r/t', x'61', 1)"] : []),
		...(version >= 4 ? ["INSERT INTO users VALUES ('ann', 'h', 1)"] : []),
		...(version >= 8 ? ["INSERT INTO mqtt_sessions VALUES ('s', 'local', 1, '[]', '[]')"] : []),
	];
	const steps = FILES.slice(0, version).map((file) =>
		readFileSync(join(SINGLE_HISTORY, file), "utf8"),
	);
	change(...steps, ...data, `PRAGMA user_version = ${version}`);
}

const VERSIONS = FILES.map((_, index) => index + 1);

describe("databases of the time when all modules had one history", () => {
	test.each(VERSIONS)("schema %i opens with its data, and a second time", async (version) => {
		oldDatabase(version);
		for (let start = 0; start < 2; start++) {
			const { store, csm } = openCsmStore(userdir);
			expect(await csm.rows.devices.all(noBadRow)).toMatchObject([{ id: "d", origin: null }]);
			expect(await csm.rows.functions.list()).toMatchObject([{ digest: "f", listed: true }]);
			expect(await csm.rows.graphs.all(noBadRow)).toMatchObject([{ client: "c", graph: "g" }]);
			expect(await csm.rows.links.all(noBadRow)).toMatchObject([{ topic: "t" }]);
			expect(await csm.rows.deviceApiClients.all()).toEqual(version >= 2 ? ["gui"] : []);
			const users = await store.accounts.people.list();
			const ann = { id: 1, name: "ann", hash: "h", role: "admin", email: null, sub: null };
			const kept = { ...ann, isActive: true, createdAt: 1 };
			expect(users).toEqual(version >= 4 ? [{ ...kept, role: "admin" }] : []);
			expect(store.serverId).toMatch(/^[0-9a-f]{16}$/);
			await store.close();
		}
		expect(rowsOf<{ n: number }>("SELECT count(*) AS n FROM retained")).toEqual([
			{ n: version >= 3 ? 1 : 0 },
		]);
		expect(rowsOf<{ n: number }>("SELECT count(*) AS n FROM mqtt_sessions")).toEqual([
			{ n: version >= 8 ? 1 : 0 },
		]);
	});

	test.each(VERSIONS)("schema %i gets the same tables as a new database", async (version) => {
		const shape = () =>
			rowsOf<{ name: string; column: string; type: string }>(
				"SELECT m.name, c.name AS column, c.type, c.[notnull], c.pk FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY m.name, c.name",
			);
		await openCsmStore(userdir).store.close();
		const fresh = shape();
		rmSync(path());
		oldDatabase(version);
		await openCsmStore(userdir).store.close();
		expect(shape()).toEqual(fresh);
	});

	test("a program with fewer modules leaves the tables of the others as they are, until one brings them", async () => {
		oldDatabase(5);
		await open([]).close();
		expect(
			rowsOf<{ online: number; token: string | null }>("SELECT online, token FROM devices"),
		).toEqual([{ online: 0, token: null }]);
		const { store, csm } = openCsmStore(userdir);
		expect(await csm.rows.devices.all(noBadRow)).toMatchObject([{ id: "d", token: null }]);
		await store.close();
	});

	test("the program of that time refuses what this one has opened", async () => {
		oldDatabase(9);
		await openCsmStore(userdir).store.close();
		expect(rowsOf("PRAGMA user_version")).toEqual([{ user_version: 10 }]);
	});
});

test("administrators of a database that has a version for each module keep their names, oldest first", async () => {
	const earlier = STORE_SCHEMA.migrations.slice(0, 4);
	change(
		...earlier.map(({ sql }) => sql),
		"CREATE TABLE schema_versions (module TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL) STRICT",
		`INSERT INTO schema_versions VALUES ('store', ${earlier.length})`,
		"INSERT INTO users VALUES ('ann', 'h', 3), ('zoe', 'i', 2), ('bob', 'j', 3)",
		"PRAGMA user_version = 10",
	);
	for (let start = 0; start < 2; start++) {
		const store = open([]);
		const people = await store.accounts.people.list();
		expect(people.map(({ id, name, role, hash }) => [id, name, role, hash])).toEqual([
			[2, "ann", "admin", "h"],
			[3, "bob", "admin", "j"],
			[1, "zoe", "admin", "i"],
		]);
		await store.close();
	}
});

describe("versions of modules", () => {
	const step = (name: string, sql: string) => ({ name, sql });
	const first: ModuleSchema = {
		module: "notes",
		migrations: [step("init", "CREATE TABLE notes (text TEXT NOT NULL) STRICT")],
	};
	const second: ModuleSchema = {
		module: "notes",
		migrations: [...first.migrations, step("author", "ALTER TABLE notes ADD COLUMN author TEXT")],
		tables: ({ table, text }) => ({
			notes: table("notes", { text: text("text").notNull(), author: text("author") }),
		}),
	};

	test("a module's tables come with it, and go on where they were", async () => {
		await open([]).close();
		await open([first]).close();
		change("INSERT INTO notes VALUES ('kept')");
		await open([CSM_SCHEMA, second]).close();
		expect(rowsOf("SELECT * FROM notes")).toEqual([{ text: "kept", author: null }]);
		expect(rowsOf("SELECT * FROM schema_versions ORDER BY module")).toEqual([
			{ module: "csm", version: CSM_SCHEMA.migrations.length },
			{ module: "notes", version: 2 },
			{ module: "store", version: STORE_SCHEMA.migrations.length },
		]);
	});

	test("a newer module's schema is refused with its name, and nothing is changed", async () => {
		await open([second]).close();
		const before = readFileSync(path());
		expect(() => open([CSM_SCHEMA, first])).toThrow(
			"a newer version of iotctl wrote it (schema 2 of notes, this program knows 1); use that version, or another userdir",
		);
		expect(readFileSync(path()).equals(before)).toBe(true);
	});

	test("reading needs tables of this version", async () => {
		await open([first]).close();
		openToRead(path(), [first]).close();
		expect(() => openToRead(path(), [second])).toThrow("bring it up to date with: iotctl initdb");
	});

	test("a migration that fails undoes those before it, and says what to do", async () => {
		await open([first]).close();
		change("ALTER TABLE notes ADD COLUMN author TEXT");
		const third = { ...second, migrations: [...second.migrations, step("no", "SELECT 1")] };
		expect(() => open([CSM_SCHEMA, third])).toThrow(
			/migration "author" of notes does not fit its tables \(duplicate column name: author\); nothing was changed: restore a backup with iotctl restore FILE, or move the file away/,
		);
		expect(rowsOf("SELECT name FROM sqlite_schema WHERE name = 'devices'")).toEqual([]);
	});

	test("a table that lacks a column, or is missing, is refused with what to do", async () => {
		await open([second]).close();
		change("ALTER TABLE notes DROP COLUMN author");
		expect(() => open([second])).toThrow(
			/its table notes is not that of schema 2 of notes \(no such column: author\): restore a backup/,
		);
		change("DROP TABLE notes");
		expect(() => open([second])).toThrow(/no such table: notes/);
		expect(() => open([second])).toThrow(ConfigError);
		// The rest can still be read.
		await open([CSM_SCHEMA]).close();
	});
});

describe("files of others", () => {
	const FOREIGN = "it is a database of another program; choose another file with url in [core-db]";

	test.each([0, 3, 9, 10])(
		"another program's database with user_version %i is left alone",
		(version) => {
			change("CREATE TABLE theirs (a)", `PRAGMA user_version = ${version}`);
			const before = readFileSync(path());
			expect(() => open([CSM_SCHEMA])).toThrow(FOREIGN);
			expect(readFileSync(path()).equals(before)).toBe(true);
		},
	);

	test("half a database of ours is refused with the table it lacks", () => {
		oldDatabase(4);
		change("DROP TABLE tokens");
		expect(() => open([CSM_SCHEMA])).toThrow(
			"it is incomplete: schema 4 has the table tokens as well",
		);
	});
});
