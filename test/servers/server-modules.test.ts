import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRunning } from "../../src/daemon/mod.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { until, within } from "../support/waiting.ts";

const SRC = join(import.meta.dir, "../../src");
const MAIN = join(SRC, "main.ts");
const STUCK = join(import.meta.dir, "support/stuck-main.ts");
const WITH_LAMPS = join(import.meta.dir, "support/lamps-main.ts");

let folder: string;
let ini: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-modules-"));
	ini = join(folder, "x.ini");
	writeIni();
});
afterEach(() => rmSync(folder, { recursive: true }));

const writeIni = (more = "") =>
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}/state\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n${more}`,
	);

const spawn = (main: string, ...words: readonly string[]) =>
	Bun.spawn([process.execPath, main, ...words], { stdio: ["ignore", "pipe", "pipe"] });

/** Runs a command to its end. */
async function run(main: string, ...words: readonly string[]) {
	const child = spawn(main, ...words);
	const [out, err, code] = await within(
		Promise.all([
			new Response(child.stdout).text(),
			new Response(child.stderr).text(),
			child.exited,
		]),
		`iotctl ${words.join(" ")}`,
	);
	return { out, err, code };
}

/** Tables of lamps the database has. */
function lampTables(): number {
	const database = new Database(join(folder, "state/iottalk.db"), { readonly: true });
	try {
		return database.query("SELECT name FROM sqlite_schema WHERE name = 'lamps'").all().length;
	} finally {
		database.close();
	}
}

describe("a second server module, by its line in the list alone,", () => {
	test("has its section in the sample ini, beside that of csm", async () => {
		const sample = join(folder, "sample.ini");
		const written = await run(WITH_LAMPS, "genconf", sample);
		expect([written.code, written.err]).toEqual([0, ""]);
		const text = readFileSync(sample, "utf8");
		expect(text).toContain("[lamps]\n");
		expect(text).toContain("#max-lamps = 10\n");
		expect(text).toContain("[esm]\n");
		await run(MAIN, "genconf", "--force", sample);
		const own = readFileSync(sample, "utf8");
		expect([own.includes("[esm]\n"), own.includes("lamps")]).toEqual([true, false]);
	});

	test("has a mistake in its section refused by each command that reads the ini", async () => {
		writeIni("[lamps]\nmax-lamp = 3\n");
		for (const words of [["start", "csm"], ["check"], ["initdb"], ["restart"]]) {
			const { code, err } = await run(WITH_LAMPS, "-c", ini, ...words);
			expect([words, code]).toEqual([words, 1]);
			expect(err).toContain('"max-lamp"');
			expect(err).toContain("max-lamps");
		}
	});

	test("is completed behind start and initdb, and named where another name is typed", async () => {
		const completed = async (main: string, command: string) =>
			(await run(main, "complete", "--", command, "")).out.split("\t\n");
		expect(await completed(WITH_LAMPS, "start")).toEqual(["csm", "lamps", "gui", ":4\n"]);
		expect(await completed(WITH_LAMPS, "initdb")).toEqual(["csm", "lamps", ":4\n"]);
		expect(await completed(MAIN, "start")).toEqual(["csm", "ccm", "gui", ":4\n"]);
		const refused = await run(WITH_LAMPS, "-c", ini, "start", "lamp");
		expect(refused.err).toContain("iotctl start csm, iotctl start lamps, iotctl start gui");
	});

	test("has its tables made by initdb, and known to check", async () => {
		expect((await run(MAIN, "-c", ini, "initdb")).code).toBe(0);
		expect(lampTables()).toBe(0);
		expect((await run(WITH_LAMPS, "-c", ini, "check")).out).toContain("an older version");
		expect((await run(WITH_LAMPS, "-c", ini, "initdb")).code).toBe(0);
		expect(lampTables()).toBe(1);
		expect((await run(WITH_LAMPS, "-c", ini, "check")).out).toContain("0 devices, 0 graphs");
	});

	test("has its tables made by import and kept by restore", async () => {
		const snapshot = join(folder, "all.json");
		await run(MAIN, "-c", ini, "initdb");
		await run(MAIN, "-c", ini, "export", snapshot);
		expect((await run(WITH_LAMPS, "-c", ini, "import", snapshot)).code).toBe(0);
		expect(lampTables()).toBe(1);
		const copies = join(folder, "copies");
		const backup = await run(WITH_LAMPS, "-c", ini, "backup", copies);
		const copy = /\S+\.db/.exec(backup.out)?.[0] ?? "";
		const restored = await run(WITH_LAMPS, "-c", ini, "restore", copy);
		expect([restored.code, restored.err]).toEqual([0, ""]);
		expect(lampTables()).toBe(1);
	});

	test("is started, with its values of the ini", async () => {
		writeIni("[lamps]\nmax-lamps = 0\n");
		const refused = await run(WITH_LAMPS, "-c", ini, "start");
		expect(refused.err).toContain("max-lamps");
		writeIni("[lamps]\nmax-lamps = 1\n");
		const server = spawn(WITH_LAMPS, "-c", ini, "start");
		try {
			const http = () => findRunning(join(folder, "state"))?.info?.http;
			await until(() => http() !== undefined || server.exitCode !== null, "the server");
			const response = await fetch(`${http()}/lamps`, {
				method: "PUT",
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify({ name: "desk" }),
			});
			expect(await response.json()).toEqual({ lit: 1 });
			expect(await (await fetch(`${http()}/metrics`)).text()).toContain("\nlamps_lit 1\n");
		} finally {
			server.kill("SIGTERM");
			await within(server.exited, "the server to stop");
		}
		expect(server.exitCode).toBe(0);
	});
});

test("each component of the log that the source names can have a level of its own", async () => {
	const named = new Set<string>();
	for await (const path of new Bun.Glob("**/*.ts").scan(SRC)) {
		const text = readFileSync(join(SRC, path), "utf8");
		for (const [, name = ""] of text.matchAll(/\.component\("(\w+)"\)/g)) named.add(name);
	}
	expect(named.size).toBeGreaterThan(8);
	for (const name of named) {
		const { log } = SERVER_MODULES.ini.parse("x.ini", `[log]\ncomponents = ${name}:debug\n`);
		expect(log.components).toBe(`${name}:debug`);
	}
	expect(() => SERVER_MODULES.ini.parse("x.ini", "[log]\ncomponents = lamps:debug\n")).toThrow(
		`(components: ${[...named].toSorted().join(", ")})`,
	);
});

test("a start that fails ends the program, whatever a module has left behind", async () => {
	const { err, code } = await run(STUCK, "-c", ini, "start");
	expect(err).toContain("nothing to start with");
	expect(code).toBe(1);
});
