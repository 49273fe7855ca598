// Every command of docs/commands.md: as root, as an ordinary user and as one without permission, with -c and with the
// ini found, with the server running, suspended and stopped. IOTCTL_MATRIX names a file for the table.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "../../src/cli/program.ts";
import { isSuspended } from "../../src/daemon/process-state.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { asOrdinary, giveToOrdinary, IS_ROOT } from "../support/people.ts";
import { BINARY, PATH_WITH_BINARY } from "../support/target.ts";
import { makeV2Database } from "../support/v2-database.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";
import { ROWS, type Row, STORIES } from "./matrix-rows.ts";

type State = "running" | "suspended" | "stopped";
const STATES: readonly State[] = ["running", "suspended", "stopped"];

/** A user with a home directory, and the ini of the server they speak to. */
interface Actor {
	readonly name: string;
	readonly home: string;
	readonly ini: string;
	/** The words that make a command theirs. */
	readonly as: (...command: string[]) => string[];
	readonly isOwner: boolean;
}

/** What says the same to everyone: services are for root, and anyone may know what the ini says. */
const ANYONE = /^(?:service|cluster) /;
const asRoot = (...command: string[]) => command;
const table: string[] = [];
let folder: string;
let counter = 0;

function homeOf(name: string, isOrdinary: boolean): string {
	const home = join(folder, name);
	for (const path of [home, join(home, ".iottalk")]) {
		mkdirSync(path);
		if (isOrdinary) giveToOrdinary(path);
	}
	return home;
}

/** An ini every user may read, for a user directory that is its owner's alone. */
function iniOf(home: string): string {
	const ini = `${home}.ini`;
	const ports = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
	writeFileSync(ini, `[core]\nuserdir = ${home}/.iottalk\n${ports}`);
	chmodSync(join(home, ".iottalk"), 0o700);
	return ini;
}

async function run(
	actor: Actor,
	words: readonly string[],
	input = "",
	env: Record<string, string> = {},
) {
	const child = Bun.spawn(actor.as(BINARY, ...words), {
		cwd: actor.home,
		env: { PATH: PATH_WITH_BINARY, HOME: actor.home, ...env },
		stdin: Buffer.from(input),
		stdout: "pipe",
		stderr: "pipe",
		timeout: LONG_DEADLINE_MS,
	});
	const [out, err] = await Promise.all([
		new Response(child.stdout).text(),
		new Response(child.stderr).text(),
	]);
	return { exitCode: await child.exited, out, err };
}

/** Lets a process go on; one that has been stopped or replaced meanwhile is gone. */
function wake(pid: number): void {
	try {
		process.kill(pid, "SIGCONT");
	} catch {}
}

/** The server of an actor, brought into a state before each command. */
class Subject {
	#pid: number | undefined;

	constructor(readonly owner: Actor) {}

	async bring(state: State): Promise<void> {
		if (state === "stopped") {
			await this.end();
			return;
		}
		if (this.#pid === undefined) {
			await run(this.owner, ["-c", this.owner.ini, "start", "--detach"]);
		}
		const pid = this.#pid ?? (await this.#status()).pid;
		this.#pid = pid;
		if (state === "running") process.kill(pid, "SIGCONT");
		const isBrought = () =>
			state === "running" ? !isSuspended(pid) : this.#isSuspendedWithoutLock(pid);
		await until(isBrought, `a server that is ${state}`);
	}

	/** A server that is suspended while it writes holds the lock of its database: then it goes on for a moment. */
	async #isSuspendedWithoutLock(pid: number): Promise<boolean> {
		process.kill(pid, "SIGSTOP");
		await until(() => isSuspended(pid), "a server that is suspended");
		const database = new Database(join(this.owner.home, ".iottalk/iottalk.db"));
		try {
			database.run("BEGIN IMMEDIATE");
			database.run("ROLLBACK");
			return true;
		} catch {
			process.kill(pid, "SIGCONT");
			return false;
		} finally {
			database.close();
		}
	}

	/** Whatever became of the server: the next state starts from none. */
	async end(): Promise<void> {
		if (this.#pid !== undefined) wake(this.#pid);
		await run(this.owner, ["-c", this.owner.ini, "stop"]);
		this.#pid = undefined;
	}

	async #status(): Promise<{ pid: number }> {
		return JSON.parse((await run(this.owner, ["-c", this.owner.ini, "status", "--json"])).out);
	}
}

/** A command's words with names of files that are there, and of those that are not yet. */
function filled({ words }: Row, name: string): string[] {
	const file = (what: string) => join(folder, what);
	const places: Record<string, string> = {
		EXPORT: `export-${counter++}.json`,
		IMPORT: file("import.json"),
		DIR: "copies",
		BACKUP: file("backup.db"),
		INI: "sample.ini",
		PROJECT: file("project.json"),
		FUNCTION: file("twice.py"),
		V2: file("v2.db"),
		NEW: name,
	};
	return words.split(" ").map((word) => places[word] ?? word);
}

/** Commands that run until they are stopped, and what they print when they are ready. */
const FOREGROUND: Readonly<Record<string, string>> = {
	"start csm": "mosquitto_sub",
	demo: "Ctrl-C ends",
};

/** One run; a server in the foreground is stopped once it is ready. */
async function outcome(actor: Actor, row: Row, state: State, withIni: boolean) {
	const name = `n-${actor.name.replaceAll(" ", "-")}-${state}-${withIni}`;
	const ini = withIni ? ["-c", actor.ini] : [];
	const env: Record<string, string> = withIni ? {} : { IOTCTL_CONFIG: actor.ini };
	const words = [...ini, ...filled(row, name)];
	const ready = FOREGROUND[row.words];
	if (ready === undefined) return run(actor, words, row.input, env);
	const child = Bun.spawn(actor.as(BINARY, ...words), {
		cwd: actor.home,
		env: { PATH: PATH_WITH_BINARY, HOME: actor.home, ...env },
		stdin: "ignore",
		stdout: "pipe",
		stderr: "pipe",
	});
	let out = "";
	for await (const chunk of child.stdout) {
		out += new TextDecoder().decode(chunk);
		if (out.includes(ready)) child.kill("SIGINT");
	}
	const err = await new Response(child.stderr).text();
	return { exitCode: await child.exited, out, err };
}

async function verify(actor: Actor, subject: Subject, row: Row): Promise<void> {
	const cells: string[] = [];
	for (const withIni of [true, false]) {
		for (const [index, state] of STATES.entries()) {
			await subject.bring(state);
			const { exitCode, out, err } = await outcome(actor, row, state, withIni);
			if (row.changes) await subject.end();
			const wanted = (actor.isOwner ? row.codes[index] : row.others) ?? 1;
			const shown = `${row.words} of ${actor.name}, ${state}: ${err}`;
			expect([shown, exitCode]).toEqual([shown, wanted]);
			expect(out + err).not.toMatch(/\n +at |unexpected failure|ENOENT|EACCES|undefined/);
			// One line says what is wrong and what to type.
			if (exitCode !== 0) expect(err.trimEnd().split("\n")).toHaveLength(1);
			if (!actor.isOwner && exitCode !== 0 && !ANYONE.test(row.words)) {
				expect(err).toContain("belongs to root: try sudo iotctl -c ");
			}
			cells.push(exitCode === 0 ? "0" : `${exitCode}: ${err.trim().replaceAll(folder, "…")}`);
		}
	}
	const [first = "", second = "", third = "", ...found] = cells;
	// With the ini found it is the same but for the sudo advice, which the cell with -c shows.
	const same = found.map((cell) => cell.split(":")[0]).join(" ");
	table.push(`| \`${row.words}\` | ${actor.name} | ${first} | ${second} | ${third} | ${same} |`);
}

describe("every command, as every user, whatever the server does", () => {
	const actors: Actor[] = [];
	const subjects = new Map<string, Subject>();
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-matrix-"));
		chmodSync(folder, 0o755);
		const add = (actor: Actor, owner: Actor) => {
			actors.push(actor);
			subjects.set(actor.name, subjects.get(owner.name) ?? new Subject(owner));
		};
		const ordinaryHome = homeOf("ordinary", true);
		const ordinary: Actor = {
			name: "ordinary user",
			home: ordinaryHome,
			ini: iniOf(ordinaryHome),
			as: asOrdinary,
			isOwner: true,
		};
		add(ordinary, ordinary);
		if (IS_ROOT) {
			const rootHome = homeOf("root", false);
			const ini = iniOf(rootHome);
			const root: Actor = { name: "root", home: rootHome, ini, as: asRoot, isOwner: true };
			const other = homeOf("other", true);
			add(root, root);
			add({ name: "without permission", home: other, ini, as: asOrdinary, isOwner: false }, root);
		}
		const maker = actors.find(({ name }) => name === "ordinary user") ?? ordinary;
		await run(maker, ["-c", maker.ini, "initdb"]);
		await run(maker, ["-c", maker.ini, "export", "made.json"]);
		await run(maker, ["-c", maker.ini, "backup", "made"]);
		Bun.spawnSync(
			["sh", "-c", 'cp made.json "$1"/import.json; cp made/*.db "$1"/backup.db', "sh", folder],
			{
				cwd: maker.home,
			},
		);
		const project = { p_name: "x", DeviceObject: {}, NetworkApplication: [] };
		writeFileSync(join(folder, "project.json"), JSON.stringify({ project }));
		writeFileSync(join(folder, "twice.py"), "def run(x):\n    return x * 2\n");
		makeV2Database(join(folder, "v2.db"));
		const files = ["import.json", "backup.db", "project.json", "twice.py", "v2.db"];
		for (const name of files) chmodSync(join(folder, name), 0o644);
	});
	afterAll(async () => {
		for (const subject of subjects.values()) await subject.end();
		rmSync(folder, { recursive: true, force: true });
		const head =
			"| Command | Who | running | suspended | stopped | the same without -c |\n|---|---|---|---|---|---|";
		const { IOTCTL_MATRIX: path } = process.env;
		if (path !== undefined) writeFileSync(path, `${head}\n${table.join("\n")}\n`);
	});

	/** What one server's actors type, one after the other. */
	async function typeAll(subject: Subject, rows: readonly Row[]): Promise<void> {
		for (const row of rows) {
			for (const actor of actors) {
				if (subjects.get(actor.name) === subject) await verify(actor, subject, row);
			}
		}
	}

	test.each(STORIES)("iotctl %s", async (_, rows) => {
		const all = await Promise.allSettled(
			[...new Set(subjects.values())].map((subject) => typeAll(subject, rows)),
		);
		for (const end of all) if (end.status === "rejected") throw end.reason;
	});

	test("no command is left out", () => {
		const leaves = (command: ReturnType<typeof buildProgram>, prefix = ""): string[] =>
			command
				.createHelp()
				.visibleCommands(command)
				.flatMap((child) => {
					const name = `${prefix}${child.name()}`;
					return child.commands.length > 0 ? leaves(child, `${name} `) : [name];
				});
		const left = leaves(buildProgram(async () => SERVER_MODULES)).filter(
			(name) => !ROWS.some(({ words }) => words === name || words.startsWith(`${name} `)),
		);
		const untouched = existsSync("/run/systemd/system")
			? ["service uninstall", "service status"]
			: [];
		expect(left).toEqual(untouched);
	});
});
