// What the compiled program leaves on the disk cannot be read by other users.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	chownSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { isRoot } from "../support/programs.ts";
import { story } from "../support/story.ts";
import { BINARY } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let home: TestHome;
let umask: number;
beforeAll(() => {
	umask = process.umask(0o022);
	home = new TestHome("privacy");
});
afterAll(() => {
	home.clear();
	process.umask(umask);
});

const modeOf = (path: string) => (statSync(join(home.folder, path)).mode & 0o777).toString(8);
const modes = (folder: string) =>
	readdirSync(join(home.folder, folder), { recursive: true })
		.map((name) => `${name} ${modeOf(join(folder, String(name)))}`)
		.toSorted();
/** Certificates are made to be given away; everything else is not. */
const loose = (folder: string) =>
	modes(folder).filter((line) => !/ [67]00$|^tls\/(ca|cert)\.pem 644$/.test(line));

const step = story("what a server keeps is for its user alone");

step(
	"every file of a server, its commands, backups and exports is made for its user alone",
	async () => {
		for (const words of [
			["user", "list"],
			["cert", "self-signed"],
			["start", "--detach", "csm"],
			["token", "create", "phones"],
			["backup", `${home.folder}/backups`],
			["export", `${home.folder}/export.json`],
		]) {
			expect(home.run(...words)).toMatchObject({ exitCode: 0 });
		}
		expect(loose("state")).toEqual([]);
		expect([modeOf("state"), modeOf("backups"), modeOf("export.json")]).toEqual([
			"700",
			"700",
			"600",
		]);
		expect([...loose("backups"), modes("backups").length]).toEqual([1]);
		expect(modes("state").join(" ")).toContain("iottalk.db-wal 600");
		expect(home.run("stop")).toMatchObject({ exitCode: 0 });
		const copy = home.write("open-copy.db", "");
		copyFileSync(
			join(home.folder, "backups", String(readdirSync(`${home.folder}/backups`)[0])),
			copy,
		);
		chmodSync(copy, 0o644);
		expect(home.run("restore", copy)).toMatchObject({ exitCode: 0 });
		expect(loose("state")).toEqual([]);
	},
);

step("what an older version left open is reported by check and tightened by a start", async () => {
	const state = join(home.folder, "state");
	chmodSync(state, 0o755);
	for (const name of ["iottalk.db", "iotctl.log", "tls/key.pem"])
		chmodSync(join(state, name), 0o644);
	chmodSync(
		join(home.folder, "backups", readdirSync(join(home.folder, "backups"))[0] ?? ""),
		0o644,
	);
	mkdirSync(join(state, "mine"));
	writeFileSync(join(state, "mine/x"), "");
	const { exitCode, out } = home.run("check");
	expect(exitCode).toBe(0);
	for (const name of ["", "/iottalk.db", "/iotctl.log", "/tls/key.pem"]) {
		expect(out).toMatch(
			new RegExp(`note .*${state}${name} is 0[67][45]{2}: other users of this machine can read it`),
		);
	}
	expect(home.run("start", "--detach", "csm")).toMatchObject({ exitCode: 0 });
	const log = () => readFileSync(join(state, "iotctl.log"), "utf8");
	await until(() => log().includes("permissions restricted"), "the line in the log");
	expect(loose("state")).toEqual(["mine 755", "mine/x 644"]);
	expect(home.run("backup", `${home.folder}/backups`).out).toContain("restricted 1 older");
	expect(loose("backups")).toEqual([]);
	expect(home.run("check").out).not.toContain("can read it");
});

/** A user without an account. */
const STRANGER = 64_124;

test.if(isRoot("run programs as other users"))(
	"a directory that belongs to another user is warned of, and used",
	async () => {
		const shared = join(home.folder, "shared");
		mkdirSync(shared);
		chmodSync(shared, 0o777);
		chmodSync(home.folder, 0o755);
		// Where the program lies need not be open to others.
		const program = join(home.folder, "iotctl");
		copyFileSync(BINARY, program);
		const ini = home.write("shared.ini", `[core]\nuserdir = ${shared}\n`);
		const { status, stdout, stderr } = spawnSync(program, ["-c", ini, "user", "list"], {
			uid: STRANGER,
			gid: STRANGER,
			env: { HOME: "/nonexistent" },
			cwd: "/",
			encoding: "utf8",
		});
		expect([status, stdout]).toEqual([0, expect.stringContaining("NAME")]);
		expect(stderr).toContain("readable by other users of this machine, and not changed");
		expect(stderr).toContain('"mode":"0777","reason":"it belongs to user 0"');
		expect([modeOf("shared"), loose("shared")]).toEqual(["777", []]);
	},
);

test.if(isRoot("run programs as other users")).each([
	["directory", 0o700],
	["database", 0o755],
] as const)("a shell on another user's %s says at once that it may not", (what, mode) => {
	const folder = join(home.folder, `foreign-${what}`);
	mkdirSync(folder);
	chmodSync(home.folder, 0o755);
	const program = join(home.folder, "iotctl");
	copyFileSync(BINARY, program);
	const ini = home.write(`foreign-${what}.ini`, `[core]\nuserdir = ${folder}\n`);
	expect(home.runWith("", "-c", ini, "initdb").exitCode).toBe(0);
	chmodSync(folder, mode);
	const { status, stdout, stderr } = spawnSync(program, ["-c", ini, "shell"], {
		uid: STRANGER,
		gid: STRANGER,
		env: { HOME: "/nonexistent", PATH: home.folder },
		cwd: "/",
		encoding: "utf8",
		input: "",
	});
	expect([status, stdout]).toEqual([1, ""]);
	expect(stderr).toMatch(/^iotctl: Cannot .*permission denied; .* try sudo iotctl -c \S+ shell\n$/);
});

test.if(isRoot("run programs as other users")).each([
	["directory", "", 0o555, "state"],
	["database", "/iottalk.db", 0o444, "state/iottalk.db"],
] as const)(
	"a %s its owner has made read-only stays so, and a start says what to do",
	(what, name, mode, named) => {
		const own = join(home.folder, `own-${what}`);
		mkdirSync(own);
		chownSync(own, STRANGER, STRANGER);
		chmodSync(home.folder, 0o755);
		const program = join(home.folder, "iotctl");
		copyFileSync(BINARY, program);
		const ini = home.write(`own-${what}.ini`, `[core]\nuserdir = ${own}/state\nhttp-port = 0\n`);
		const run = (...words: string[]) =>
			spawnSync(program, ["-c", ini, ...words], {
				uid: STRANGER,
				gid: STRANGER,
				env: { HOME: "/nonexistent" },
				cwd: "/",
				encoding: "utf8",
			});
		expect(run("initdb").status).toBe(0);
		const path = `${own}/state${name}`;
		chmodSync(path, mode);
		for (const words of [["initdb"], ["start", "csm"]]) {
			const { status, stderr } = run(...words);
			expect([status, stderr]).toEqual([
				1,
				expect.stringMatching(
					new RegExp(
						`^iotctl: Cannot .*: permission denied; "${own}/${named}" is yours: allow access with chmod u\\+rwX ${own}/${named}\n$`,
					),
				),
			]);
		}
		expect(statSync(path).mode & 0o777).toBe(mode);
	},
);
