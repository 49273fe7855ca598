import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	chmodSync,
	chownSync,
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { keepPrivate, looseEntries } from "../../src/kit/private-files.ts";
import { Store } from "../../src/store/store.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { isRoot } from "../support/programs.ts";

let folder: string;
let userdir: string;
const at = (name: string) => join(userdir, name);
const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);
const open = (log = quietLog) => new Store({ userdir, url: "iottalk.db" }, log);
/** A file as older versions left it. */
const leave = (path: string, mode = 0o644) => {
	writeFileSync(path, "");
	chmodSync(path, mode);
};
let umask: number;
beforeEach(() => {
	umask = process.umask(0o022);
	folder = mkdtempSync(join(tmpdir(), "iotctl-private-"));
	userdir = join(folder, "state");
});
afterEach(() => {
	process.umask(umask);
	rmSync(folder, { recursive: true });
});

test("what the store makes is its user's alone, whatever the umask", async () => {
	process.umask(0);
	const store = open();
	await store.write((db) => db.run(sql`UPDATE server SET id = 'x'`));
	expect(modeOf(userdir)).toBe("700");
	expect(readdirSync(userdir).map((name) => [name, modeOf(at(name))])).toEqual(
		readdirSync(userdir).map((name) => [name, "600"]),
	);
	expect(readdirSync(userdir)).toContain("iottalk.db-wal");
	await store.close();
});

describe("at the next start", () => {
	test("what older versions left open is tightened, and a line says so", async () => {
		await open().close();
		mkdirSync(at("tls"));
		mkdirSync(at("other"));
		const ours = [
			...[
				"iottalk.db.damaged-2026",
				"iottalk.db-wal.x",
				"iotctl.log",
				"iotctl.log.1",
				"iotctl.pid",
			],
			...["shell_history", "iottalk-2026-01-01T00-00-00-000Z.db", "tls/key.pem", "iottalk.db.lock"],
		];
		const others = ["my.ini", "tls/cert.pem", "other/x"];
		for (const name of [...ours, ...others]) leave(at(name));
		chmodSync(at("iottalk.db"), 0o644);
		chmodSync(userdir, 0o755);
		const { log, lines } = listenedLog();
		await open(log).close();
		expect([userdir, ...[...ours, "iottalk.db"].map(at)].map(modeOf)).toEqual([
			"700",
			...[...ours, "iottalk.db"].map(() => "600"),
		]);
		expect(modeOf(at("tls"))).toBe("700");
		expect(others.map((name) => modeOf(at(name)))).toEqual(["644", "644", "644"]);
		const line = await lines.take("the line", (text) => text.includes("permissions restricted"));
		expect(JSON.parse(line)).toMatchObject({ level: "warn", directory: userdir, was: "0755" });
		expect(line).toContain("iottalk.db");
		const beside = await lines.take("that of tls", (text) => text.includes("restricted"));
		expect(JSON.parse(beside)).toMatchObject({
			directory: at("tls"),
			was: "0755",
			files: ["key.pem 0644"],
		});
		await open(log).close();
		expect(lines.waiting.filter((text) => text.includes("permissions restricted"))).toEqual([]);
	});

	test("rights are only taken away, and only from others", () => {
		mkdirSync(userdir);
		mkdirSync(at("iotctl.log"));
		leave(at("iottalk.db"), 0o444);
		leave(at("shell_history"), 0o1755);
		for (const [path, mode] of [
			[at("iotctl.log"), 0o755],
			[userdir, 0o2555],
		] as const) {
			chmodSync(path, mode);
		}
		const { log } = listenedLog();
		keepPrivate(userdir, at("iottalk.db"), log);
		const modes = ["", "iottalk.db", "shell_history", "iotctl.log"].map((name) =>
			(statSync(at(name)).mode & 0o7777).toString(8),
		);
		// A directory named like a file of the program's is none.
		expect(modes).toEqual(["2500", "400", "1700", "755"]);
		chmodSync(userdir, 0o700);
	});

	test("links and second names are never followed", async () => {
		const outside = join(folder, "outside");
		leave(outside);
		await open().close();
		symlinkSync(outside, at("iotctl.log"));
		linkSync(outside, at("iotctl.pid"));
		mkdirSync(join(folder, "keys"), { mode: 0o755 });
		leave(join(folder, "keys/key.pem"));
		symlinkSync(join(folder, "keys"), at("tls"));
		const { log, lines } = listenedLog();
		await open(log).close();
		expect(["outside", "keys", "keys/key.pem"].map((name) => modeOf(join(folder, name)))).toEqual([
			"644",
			"755",
			"644",
		]);
		const line = await lines.take("the line", (text) => text.includes("readable by other users"));
		expect(line).toContain("it is a symbolic link");
	});

	test("a user directory that is a link is reported, and works", async () => {
		mkdirSync(join(folder, "disk"), { mode: 0o755 });
		symlinkSync(join(folder, "disk"), userdir);
		const { log, lines } = listenedLog();
		await open(log).close();
		expect(modeOf(join(folder, "disk"))).toBe("755");
		expect(modeOf(at("iottalk.db"))).toBe("600");
		const line = await lines.take("the line", (text) => text.includes("readable by other users"));
		expect(line).toContain(userdir);
	});

	test("a directory of the whole machine keeps its mode", () => {
		const shared = join(folder, "shared");
		mkdirSync(shared);
		chmodSync(shared, 0o1777);
		const before = statSync(shared).mode;
		expect(looseEntries(shared, join(shared, "none.db"))).toContainEqual(
			expect.objectContaining({ path: shared, left: expect.stringContaining("it is shared") }),
		);
		expect(statSync(shared).mode).toBe(before);
	});

	test.if(isRoot("give files to other users"))(
		"what belongs to another user is left, with a warning",
		async () => {
			await open().close();
			leave(at("iotctl.log"));
			chownSync(at("iotctl.log"), 12345, 12345);
			const { log, lines } = listenedLog();
			await open(log).close();
			expect([modeOf(at("iotctl.log")), modeOf(at("iottalk.db"))]).toEqual(["644", "600"]);
			const line = await lines.take("the line", (text) => text.includes("readable by other users"));
			expect(line).toContain("it belongs to user 12345");
			expect(existsSync(at("iottalk.db"))).toBe(true);
		},
	);

	test("a database outside the user directory is tightened, its directory is not", async () => {
		const elsewhere = join(folder, "elsewhere");
		mkdirSync(elsewhere, { mode: 0o755 });
		leave(join(elsewhere, "my.db"));
		leave(join(elsewhere, "my.db.damaged-1"));
		leave(join(elsewhere, "iotctl.log"));
		const { log, lines } = listenedLog();
		await new Store({ userdir, url: join(elsewhere, "my.db") }, log).close();
		expect(
			["", "my.db", "my.db.damaged-1", "iotctl.log"].map((n) => modeOf(join(elsewhere, n))),
		).toEqual(["755", "600", "600", "644"]);
		const line = await lines.take("the line", (text) => text.includes("permissions restricted"));
		expect(JSON.parse(line)).toMatchObject({
			directory: elsewhere,
			files: ["my.db 0644", "my.db.damaged-1 0644"],
		});
	});
});
