// Going back to a backup: checked before anything is replaced.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { call } from "../support/gateway.ts";
import { canMount, SmallDisk } from "../support/small-disk.ts";
import type { Target } from "../support/target.ts";

let home: TestHome;
let first: string;
let second: string;
const state = (name: string) => join(home.folder, "state", name);

/** Registers a device on a server that runs for it, and gives a backup made meanwhile. */
async function registerAndBackUp(id: string, into: string): Promise<string> {
	expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
	const target = JSON.parse(home.run("status", "--json").out) as Target;
	const body = { accept_protos: ["mqtt"], profile: { model: "x" } };
	expect((await call(target, "PUT", `/${id}`, body)).status).toBe(200);
	const { out } = home.run("backup", into);
	expect(out).toContain(`To restore it: iotctl -c ${home.ini} stop, then iotctl -c `);
	return join(home.folder, into, readdirSync(join(home.folder, into)).at(-1) ?? "");
}

const FIRST = crypto.randomUUID();
const SECOND = crypto.randomUUID();
const knows = () => {
	const db = new Database(state("iottalk.db"));
	const rows = db.query<{ id: string }, []>("SELECT da_id AS id FROM devices").all();
	db.close();
	return rows.map(({ id }) => id).toSorted();
};

beforeAll(async () => {
	home = new TestHome("restore");
	first = await registerAndBackUp(FIRST, "one");
	home.run("stop");
	second = await registerAndBackUp(SECOND, "two");
	home.run("stop");
});
beforeEach(() => {
	expect(home.run("restore", second).exitCode).toBe(0);
});
afterAll(() => home.clear());

describe("restore", () => {
	test("is refused while the server runs, which goes on", () => {
		expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
		const { exitCode, err } = home.run("restore", first);
		expect([exitCode, err]).toEqual([1, expect.stringContaining("already in use by process")]);
		expect(err).toContain(`iotctl -c ${home.ini} stop`);
		expect(home.run("status").exitCode).toBe(0);
		home.run("stop");
	});

	test("goes back to the copy, keeps the former database, and can go forth again", () => {
		expect(knows()).toEqual([FIRST, SECOND].toSorted());
		const { exitCode, out, err } = home.run("restore", first);
		expect([exitCode, err]).toEqual([0, ""]);
		const kept = /kept as (\S+)\./.exec(out)?.[1] ?? "";
		expect(out).toBe(
			`Restored ${first}: 1 device, 0 graphs. The previous database is kept as ${kept}. Next: iotctl -c ${home.ini} start\n`,
		);
		expect(knows()).toEqual([FIRST]);
		expect(statSync(state("iottalk.db")).mode & 0o777).toBe(0o600);
		chmodSync(kept, 0o644);
		expect(home.run("restore", kept).exitCode).toBe(0);
		expect(knows()).toEqual([FIRST, SECOND].toSorted());
		expect(statSync(state("iottalk.db")).mode & 0o777).toBe(0o600);
		expect(
			readdirSync(join(home.folder, "state")).filter((name) => name.includes("restoring")),
		).toEqual([]);
	});

	test("goes back from a damaged database, and from what is left of a removed one", () => {
		writeFileSync(state("iottalk.db"), "no database".repeat(1000));
		expect(home.run("restore", second).exitCode).toBe(0);
		expect(knows()).toEqual([FIRST, SECOND].toSorted());
		Bun.spawnSync(["rm", state("iottalk.db")]);
		writeFileSync(state("iottalk.db-wal"), "old");
		expect(home.run("restore", first).exitCode).toBe(0);
		expect(knows()).toEqual([FIRST]);
	});

	const damaged = (name: string, spoil: (bytes: Buffer) => Buffer) => {
		const path = join(home.folder, name);
		writeFileSync(path, spoil(readFileSync(second)));
		return path;
	};
	test.each<[string, () => string, string]>([
		["missing", () => "none.db", "no such file or directory"],
		["a directory", () => "one", "it is not a file"],
		["a text", () => home.ini, "it is not a database"],
		["empty", () => home.write("empty.db", ""), "it is not a database of iotctl"],
		["cut short", () => damaged("cut.db", (bytes) => bytes.subarray(0, 8192)), "is damaged"],
		["broken inside", () => damaged("broken.db", (bytes) => bytes.fill(0xa5, 4096, 12_288)), ""],
		["the database itself", () => state("iottalk.db"), "it is the database itself"],
		[
			"another program's",
			() => {
				const db = new Database(join(home.folder, "other.db"));
				db.run("CREATE TABLE devices (id TEXT)");
				db.run("PRAGMA user_version = 2");
				db.close();
				return "other.db";
			},
			"it is not a database of iotctl",
		],
		[
			"a newer version's",
			() => {
				copyFileSync(second, join(home.folder, "newer.db"));
				const db = new Database(join(home.folder, "newer.db"));
				db.run("PRAGMA user_version = 999");
				db.close();
				return "newer.db";
			},
			"a newer version of iotctl wrote it",
		],
	])("a file that is %s changes nothing", (_, make, reason) => {
		const file = make();
		const before = readFileSync(state("iottalk.db"));
		const names = readdirSync(join(home.folder, "state"));
		const { exitCode, out, err } = home.run("restore", file);
		expect([exitCode, out]).toEqual([1, ""]);
		expect(err).toStartWith("iotctl: Cannot restore ");
		expect(err.trimEnd().split("\n")).toHaveLength(1);
		expect(err).toContain(reason);
		expect(readFileSync(state("iottalk.db")).equals(before)).toBe(true);
		expect(readdirSync(join(home.folder, "state"))).toEqual(names);
	});

	test.if(canMount())("on a full disk changes nothing", () => {
		const disk = new SmallDisk(256);
		const ini = home.write("small.ini", `[core]\nuserdir = ${disk.path}/state\n`);
		mkdirSync(join(disk.path, "state"));
		writeFileSync(join(disk.path, "state/iottalk.db"), "former");
		try {
			writeFileSync(join(disk.path, "ballast"), Buffer.alloc(1 << 20));
		} catch {}
		const { exitCode, err } = home.runWith("", "-c", ini, "restore", second);
		expect([exitCode, err]).toEqual([
			1,
			expect.stringContaining("the disk is full; free some space"),
		]);
		expect(readFileSync(join(disk.path, "state/iottalk.db"), "utf8")).toBe("former");
		disk.dispose();
	});
});
