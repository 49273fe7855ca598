import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminsIn, database, userdir } from "../../../src/cli/check/places.ts";
import { portConflicts } from "../../../src/cli/check/ports.ts";
import { SERVER_MODULES } from "../../../src/servers/server-modules.ts";
import { openDb } from "../../../src/store/db.ts";
import { canMount, SmallDisk } from "../../support/small-disk.ts";

const { ini: INI } = SERVER_MODULES;
const schemas = await SERVER_MODULES.schemas();

let folder: string;
const config = (directory: string, more = "") =>
	INI.parse("x.ini", `[core]\nuserdir = ${join(folder, directory)}\n${more}`);

/** What this process has open. */
function openFiles(): string[] {
	return readdirSync("/proc/self/fd")
		.map((name) => join("/proc/self/fd", name))
		.flatMap((path) => (existsSync(path) ? [readlinkSync(path)] : []));
}

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-places-"));
	mkdirSync(join(folder, "there"));
	writeFileSync(join(folder, "file"), "");
	symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the user directory", () => {
	test.each([
		["there", "ok", /there$/],
		["new/er", "ok", /er will be created$/],
		["file", "FAIL", /file cannot be written: .*file is not a directory$/],
		["file/x", "FAIL", /x cannot be created: .*file is not a directory$/],
		["broken", "FAIL", /broken cannot be created: .*broken is a broken link$/],
	])("%p: %p", (directory, state, text) => {
		const finding = userdir(config(directory));
		expect([finding.state, finding.text]).toEqual([state, expect.stringMatching(text)]);
	});

	test("is as before when it has been looked at", () => {
		userdir(config("there/a/b"));
		userdir(config("there"));
		expect(readdirSync(join(folder, "there"))).toEqual([]);
	});

	test.skipIf(!canMount())("on a full disk is said to be, and is as before", () => {
		const disk = new SmallDisk(64);
		try {
			const fill = join(disk.path, "fill");
			writeFileSync(fill, Buffer.alloc(65_536));
			const { state, text } = userdir(INI.parse("x.ini", `[core]\nuserdir = ${disk.path}\n`));
			expect([state, text]).toEqual(["FAIL", `${disk.path} cannot be written: the disk is full`]);
			expect(readdirSync(disk.path)).toEqual(["fill"]);
		} finally {
			disk.dispose();
		}
	});
});

describe("the database", () => {
	test("that is not there will be created, where a start creates its folder", async () => {
		expect((await database(config("new"), schemas)).text).toEndWith("iottalk.db will be created");
		const elsewhere = `[core-db]\nurl = ${join(folder, "missing/x.db")}\n`;
		expect(await database(config("new", elsewhere), schemas)).toMatchObject({
			state: "FAIL",
			text: expect.stringContaining("missing does not exist"),
		});
	});

	test("that is a symbolic link cannot be opened", async () => {
		mkdirSync(join(folder, "linked"));
		symlinkSync("nowhere/x.db", join(folder, "linked/iottalk.db"));
		expect(await database(config("linked"), schemas)).toMatchObject({
			state: "FAIL",
			text: expect.stringContaining("set url in [core-db] to the file itself: nowhere/x.db"),
		});
	});

	test("in memory is noted, and has administrators that cannot be counted", async () => {
		const inMemory = config("new", "[core-db]\nurl = :memory:\n");
		expect((await database(inMemory, schemas)).state).toBe("note");
		expect([await adminsIn(inMemory), await adminsIn(config("new"))]).toEqual([undefined, 0]);
	});

	test("that is not SQLite's is damaged", async () => {
		mkdirSync(join(folder, "damaged"));
		writeFileSync(join(folder, "damaged/iottalk.db"), "no database ".repeat(100));
		const finding = await database(config("damaged"), schemas);
		expect([finding.state, finding.text]).toEqual([
			"FAIL",
			expect.stringContaining("would move it aside and start with an empty database"),
		]);
		expect(await adminsIn(config("damaged"))).toBeUndefined();
	});

	test("with a row that breaks a rule of its table is not damaged", async () => {
		mkdirSync(join(folder, "odd"));
		const db = openDb(join(folder, "odd/iottalk.db"), schemas);
		db.run("PRAGMA ignore_check_constraints = ON");
		db.run("INSERT INTO ccm_project VALUES (1, 'p', 1, 0, '{', 'off', '[]', '[]')");
		db.close();
		expect((await database(config("odd"), schemas)).state).toBe("ok");
	});

	test("of an older version is noted, whatever its folder is called", async () => {
		mkdirSync(join(folder, "older"));
		openDb(join(folder, "older/iottalk.db"), []).close();
		expect(await database(config("older"), schemas)).toMatchObject({
			state: "note",
			text: `${join(folder, "older/iottalk.db")}: its tables are those of an older version, or of fewer servers; the next start brings them up to date`,
		});
		mkdirSync(join(folder, "an older version"));
		const foreign = new Database(join(folder, "an older version/iottalk.db"));
		foreign.run("CREATE TABLE theirs (x)");
		foreign.close();
		expect(await database(config("an older version"), schemas)).toMatchObject({
			state: "FAIL",
			text: expect.stringContaining("it is a database of another program"),
		});
	});

	test("is closed again when a table is missing", async () => {
		mkdirSync(join(folder, "incomplete"));
		const path = join(folder, "incomplete/iottalk.db");
		const made = openDb(path, schemas);
		made.run("PRAGMA foreign_keys = OFF");
		made.run("DROP TABLE devices");
		made.close();
		expect((await database(config("incomplete"), schemas)).state).toBe("FAIL");
		expect(openFiles().filter((file) => file.startsWith(path))).toEqual([]);
	});
});

describe("ports of the ini", () => {
	test.each([
		["", []],
		["http-port = 1883\n", ["port 1883 is already used by HTTP; change port in [core-mqtt]"]],
		["http-port = 0\n[core-mqtt]\nport = 0\n", []],
		["http-port = 1883\n[core-mqtt]\nbroker = external\n", []],
	])("%j: %j", (ini, texts) => {
		expect(portConflicts(config("there", ini)).map(({ text }) => text)).toEqual(texts);
	});
});
