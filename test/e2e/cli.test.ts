import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "../support/programs.ts";
import { BINARY, PATH_WITH_BINARY, spawnBinary } from "../support/target.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
	const { exitCode, stdout, stderr } = Bun.spawnSync([BINARY, ...args], {
		cwd: folder,
		env: { ...process.env, HOME: folder },
		timeout: LONG_DEADLINE_MS,
		// A server whose start has failed takes no other signal.
		killSignal: "SIGKILL",
	});
	return { exitCode, out: stdout.toString(), err: stderr.toString() };
}

function ini(name: string, text: string): string {
	writeFileSync(join(folder, name), text);
	return name;
}

describe("command line", () => {
	test("hints name the program as it was typed, unless PATH leads to it", () => {
		const shell = (line: string, PATH: string) => {
			const env = { PATH, HOME: folder };
			return Bun.spawnSync(["/bin/sh", "-c", line], { cwd: folder, env }).stderr.toString();
		};
		const path = `/bin:${process.env.PATH ?? ""}`;
		symlinkSync(BINARY, join(folder, "my iotctl"));
		expect(shell("'./my iotctl' status", path)).toEndWith("; start it with: './my iotctl' start\n");
		expect(shell("'./my iotctl' oops", path)).toContain("(run './my iotctl' -h for help)");
		for (const [words, command] of [
			["token create", "token create"],
			["user ad ann", "user"],
			["start --port 80", "start"],
		]) {
			const hint = `(run './my iotctl' ${command} -h for help)`;
			expect(shell(`'./my iotctl' ${words}`, path)).toContain(hint);
		}
		for (const line of ["iotctl status", `'${BINARY}' status`]) {
			expect(shell(line, PATH_WITH_BINARY)).toEndWith("; start it with: iotctl start\n");
		}
	});

	test("--version prints the name and the version", () => {
		const { version } = JSON.parse(
			readFileSync(join(import.meta.dir, "../../package.json"), "utf8"),
		);
		expect(run("--version")).toEqual({ exitCode: 0, out: `IoTtalk ${version}\n`, err: "" });
	});

	test("without arguments it shows what there is", () => {
		const { exitCode, out } = run();
		expect(exitCode).toBe(0);
		for (const word of [
			"initdb",
			"start",
			"stop",
			"restart",
			"status",
			"shell",
			"genconf",
			"--debug",
		]) {
			expect(out).toContain(word);
		}
		expect(run("-h").out).toBe(out);
	});

	test.each([
		...["start", "stop", "restart", "reload", "status", "shell", "initdb", "export", "import"],
		...["backup", "genconf", "check", "service", "completion", "engine"],
	])("%s -h has a sentence, an example and the next step", (name) => {
		const { exitCode, out } = run(name, "-h");
		expect([exitCode, out]).toEqual([
			0,
			expect.stringMatching(/\n\n\w.+\n(.|\n)*Example:\n(.|\n)*Next:\n/),
		]);
		expect(run("-h").out).toContain(`  ${name} `);
	});

	test.each(["bash", "zsh", "fish"])("completion %s prints a script", (shell) => {
		const { exitCode, out } = run("completion", shell);
		expect([exitCode, out]).toEqual([0, expect.stringContaining("iotctl")]);
	});

	for (const shell of ["bash", "zsh", "fish"]) {
		test.if(hasProgram(shell))(`${shell} accepts its completion script`, () => {
			const script = Buffer.from(run("completion", shell).out);
			const { exitCode, stderr } = Bun.spawnSync([shell, "-n"], { stdin: script });
			expect([exitCode, stderr.toString()]).toEqual([0, ""]);
		});
	}

	test.each([
		[["start", ""], "csm\t\nccm\t\ngui\t\n:4\n"],
		[["completion", ""], "bash\t\nzsh\t\nfish\t\n:4\n"],
		[["-c", ""], ":0\n"],
		[["status", "--config", "x"], ":0\n"],
		[["start", "--log", ""], ":0\n"],
		[["import", ""], ":0\n"],
		[["-c", "x.ini", "import", "--replace", "a"], ":0\n"],
		[["genconf", ""], ":0\n"],
		[["export", ""], ":0\n"],
		[["restore", ""], ":0\n"],
		[["backup", "--keep", "7", ""], ":16\n"],
		[["genconf", "x", ""], ":4\n"],
		[["he"], ":4\n"],
	])("completion of %j answers %j: 0 stands for files, 16 for directories", (words, answer) => {
		expect(run("complete", "--", ...words)).toEqual({ exitCode: 0, out: answer, err: "" });
	});

	test("the script of bash completes files, and may be read twice", () => {
		const script = run("completion", "bash").out;
		const twice = Bun.spawnSync(["bash", "-ec", `${script}\n${script}\ncomplete -p iotctl`]);
		expect([twice.exitCode, twice.stderr.toString(), twice.stdout.toString()]).toEqual([
			0,
			"",
			"complete -o default -F __iotctl_complete iotctl\n",
		]);
	});

	test("help with a command is -h behind it; a wrong one gets a suggestion", () => {
		expect(run("help")).toEqual(run("-h"));
		expect(run("help", "user", "add")).toEqual(run("user", "add", "-h"));
		expect(run("help", "start", "csm")).toEqual(run("start", "-h"));
		expect(run("help", "strat")).toMatchObject({
			exitCode: 2,
			err: expect.stringContaining("Did you mean start?"),
		});
		expect(run("help", "user", "ad").exitCode).toBe(2);
	});

	test("-c and -d are taken in front of the command and behind it", () => {
		const name = ini("behind.ini", `[core]\nuserdir = ${folder}/behind\n`);
		const said = `The database is ready: ${folder}/behind/iottalk.db\n`;
		for (const words of [
			["-c", name, "initdb"],
			["initdb", "-c", name],
			["initdb", `--config=${name}`, "-d"],
		]) {
			expect(run(...words)).toMatchObject({ exitCode: 0, out: said });
		}
		expect(run("initdb", "-c")).toMatchObject({
			exitCode: 2,
			err: expect.stringContaining("argument missing"),
		});
	});

	test.each([[["-h"]], [["licenses"]], [["completion", "bash"]]])(
		"%j ends quietly when its reader has seen enough",
		async (words) => {
			const { exitCode, stderr, stdout } = Bun.spawnSync(
				["bash", "-c", `set -o pipefail; "$@" | true; echo "$?"`, "bash", BINARY, ...words],
				{ env: { ...process.env, HOME: folder } },
			);
			expect([exitCode, stderr.toString(), stdout.toString()]).toEqual([0, "", "0\n"]);
		},
	);

	test("--engine is not a command for people", () => {
		for (const words of [["--engine"], ["user", "add", "--engine"], ["--engine", "x"]]) {
			expect(run(...words)).toMatchObject({
				exitCode: 2,
				err: expect.stringContaining("unknown option '--engine'"),
			});
		}
	});

	test("completion knows commands and their options", () => {
		expect(run("complete", "--", "st").out).toContain("status\t");
		expect(run("complete", "--", "status", "--").out).toContain("--json");
	});

	test("a token lives a hundred years at most, so that its last day is a date", () => {
		expect(run("token", "create", "--days", "36501", "x")).toMatchObject({
			exitCode: 2,
			err: expect.stringContaining("At most 36500"),
		});
		expect(run("token", "create", "--days", "36500", "x").exitCode).toBe(0);
		expect(run("token", "list").out).toMatch(/^x +\S+ \S+ +21\d\d-/m);
	});

	test.each([[["start", "csm", "gui"]], [["initdb", "gui"]]])(
		"%j is not there yet and says so in one line",
		(args) => {
			const { exitCode, out, err } = run(...args);
			expect([exitCode, out]).toEqual([2, ""]);
			expect(err).toMatch(/^iotctl: ".*" is not available in this version; .*\n$/);
		},
	);

	test("start gui says what it needs", () => {
		const { exitCode, out, err } = run("start", "gui");
		expect([exitCode, out]).toEqual([1, ""]);
		expect(err).toBe(
			"iotctl: start gui needs ccm-url in [gui]: where the project manager is, such as http://10.0.0.2:9992\n",
		);
	});

	test("wrong words exit 2 and the nearest is suggested", () => {
		expect(run("strat", "csm")).toMatchObject({
			exitCode: 2,
			err: expect.stringContaining("start"),
		});
		expect(run("--confg", "x")).toMatchObject({
			exitCode: 2,
			err: expect.stringContaining("--config"),
		});
	});

	test("genconf writes the sample, which start accepts, and overwrites nothing", () => {
		expect(run("genconf", "new.ini").exitCode).toBe(0);
		const text = readFileSync(join(folder, "new.ini"), "utf8");
		expect(text).toBe(readFileSync(join(import.meta.dir, "../../sample.ini"), "utf8"));
		expect(run("-c", "new.ini", "initdb").exitCode).toBe(0);
		writeFileSync(join(folder, "new.ini"), "mine");
		expect(run("genconf", "new.ini")).toMatchObject({
			exitCode: 1,
			err: expect.stringContaining('"new.ini" already exists'),
		});
		expect(readFileSync(join(folder, "new.ini"), "utf8")).toBe("mine");
		expect(run("genconf", "--force", "new.ini").exitCode).toBe(0);
		expect(readFileSync(join(folder, "new.ini"), "utf8")).toBe(text);
		expect(run("genconf", "no/such/folder.ini").exitCode).toBe(1);
	});

	test("initdb creates the database in ~/.iottalk and may be repeated", () => {
		expect(run("initdb").exitCode).toBe(0);
		expect(existsSync(join(folder, ".iottalk/iottalk.db"))).toBe(true);
		expect(run("initdb").exitCode).toBe(0);
	});
});

describe("what the operator must mend ends with exit code 1 and one clear line", () => {
	const fails = (text: RegExp, ...args: string[]) => {
		const { exitCode, out, err } = run(...args);
		expect([exitCode, out]).toEqual([1, ""]);
		expect(err).toMatch(text);
		expect(err.trimEnd().split("\n")).toHaveLength(1);
	};

	test("a missing ini", () => {
		fails(/^iotctl: ini file not found: none\.ini$/m, "-c", "none.ini", "start", "csm");
	});

	test("a bad value names file, line, key, value and what is accepted", () => {
		const name = ini("bad.ini", "[core]\n\nhttp-port = many\n");
		fails(
			/"bad\.ini", line 3: "http-port" in \[core\] has the value "many", which is not accepted: expected integer from 0 to 65535/,
			...["-c", name, "start", "csm"],
		);
	});

	test("an unknown key in a known section gets a suggestion", () => {
		const name = ini("typo.ini", "[core-mqtt]\nprot = 1883\n");
		fails(
			/line 2: unknown key "prot" in \[core-mqtt\] \(did you mean "port"\?\)/,
			"-c",
			name,
			"initdb",
		);
	});

	test("a user directory that cannot be made", () => {
		writeFileSync(join(folder, "a-file"), "");
		const name = ini("dir.ini", `[core]\nuserdir = ${folder}/a-file/state\n`);
		fails(
			/Cannot create the user directory ".*a-file\/state".*userdir in \[core\]/,
			"-c",
			name,
			"initdb",
		);
	});

	test("a user directory that is a file", () => {
		writeFileSync(join(folder, "a-file"), "");
		const name = ini("file.ini", `[core]\nuserdir = ${folder}/a-file\n`);
		fails(
			/user directory ".*a-file".*: a file of that name already exists$/m,
			"-c",
			name,
			"initdb",
		);
		fails(
			/user directory ".*a-file".*: a file of that name already exists$/m,
			"-c",
			name,
			"start",
			"csm",
		);
	});

	test.each([
		["ini", "directory", /Cannot read the ini "directory": it is a directory/, ["status"]],
		[
			"log",
			"own.ini",
			/Cannot write the log to "none\/x": no such file/,
			["start", "--log", "none/x", "csm"],
		],
		["backup", "own.ini", /Cannot write the backup "own\.ini\/.*: a /, ["backup", "own.ini"]],
		["import", "own.ini", /Cannot import "directory": it is a directory/, ["import", "directory"]],
		[
			"genconf",
			"own.ini",
			/Cannot write "directory": it is a directory/,
			["genconf", "--force", "directory"],
		],
		[
			"full disk",
			"own.ini",
			/Cannot write "\/dev\/full": the disk is full/,
			["genconf", "--force", "/dev/full"],
		],
	])("a wrong place: %s", (_, config, text, words) => {
		ini("own.ini", `[core]\nuserdir = ${folder}/own\n`);
		mkdirSync(join(folder, "directory"), { recursive: true });
		run("-c", "own.ini", "initdb");
		fails(text, "-c", config, ...words);
	});

	test.each(["nonsense.invalid", "999.1.1.1", "203.0.113.1"])(
		"an address %s to bind to",
		(bind) => {
			const ports = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
			const name = ini("bind.ini", `[core]\nuserdir = ${folder}/bind\nbind = ${bind}\n${ports}`);
			fails(
				/Cannot listen for MQTT on .*address.*; change bind in \[core\]$/m,
				"-c",
				name,
				"start",
				"csm",
			);
		},
	);

	test("an ini with NUL characters", () => {
		fails(/it is not a text/, "-c", ini("nul.ini", "[core]\nuserdir = /a\0b\n"), "user", "list");
	});

	test("a damaged database: the server starts with an empty one and keeps the other aside", async () => {
		const junk = "this is not a database at all, but long enough".repeat(50);
		writeFileSync(join(folder, "junk.db"), junk);
		const ports = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
		const text = `[core]\nuserdir = ${folder}\n${ports}[core-db]\nurl = junk.db\n`;
		const server = await spawnBinary(join(folder, ini("junk.ini", text)));
		const kept = readdirSync(folder).find((name) => name.startsWith("junk.db.damaged-")) ?? "";
		expect(server.log()).toContain(`the database is damaged: moved aside`);
		expect(server.log()).toContain(kept);
		expect(readFileSync(join(folder, kept), "utf8")).toBe(junk);
		await server.stop();
	});

	test("a second server on the same database: which process has it", async () => {
		const ports = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
		const name = ini("twice.ini", `[core]\nuserdir = ${folder}/twice\n${ports}`);
		const server = await spawnBinary(join(folder, name));
		const message = `Cannot use the database ".*": it is already in use by process ${server.process.pid}`;
		fails(new RegExp(message), "-c", name, "start", "csm");
		fails(new RegExp(message), "-c", name, "initdb");
		server.process.kill("SIGKILL");
		await server.process.exited;
		expect(run("-c", name, "initdb").exitCode).toBe(0);
	});

	test("a database of a newer version, which stays as it is", () => {
		const name = ini("newer.ini", `[core]\nuserdir = ${folder}\n[core-db]\nurl = newer.db\n`);
		expect(run("-c", name, "initdb").exitCode).toBe(0);
		const path = join(folder, "newer.db");
		const db = new Database(path);
		db.run("PRAGMA user_version = 999");
		db.run("PRAGMA wal_checkpoint(TRUNCATE)");
		db.close();
		const before = readFileSync(path);
		fails(/newer\.db": a newer version of iotctl wrote it/, "-c", name, "start", "csm");
		expect(readFileSync(path).equals(before)).toBe(true);
	});

	test("a port in use: which one, by whom, what to change", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => server.once("listening", resolve));
		const address = server.address();
		const port = typeof address === "object" && address !== null ? address.port : 0;
		for (const [section, key, what] of [
			["core", "http-port", "HTTP"],
			["core-mqtt", "port", "MQTT"],
			["core-ws", "port", "MQTT over WebSocket"],
		] as const) {
			const ports: Record<string, Record<string, number>> = {
				core: { "http-port": 0 },
				"core-mqtt": { port: 0 },
				"core-ws": { port: 0 },
			};
			ports[section] = { [key]: port };
			const text = Object.entries(ports)
				.map(
					([name, keys]) =>
						`[${name}]\n${Object.entries(keys)
							.map(([k, v]) => `${k} = ${v}`)
							.join("\n")}\n`,
				)
				.join("");
			const name = ini(`port-${section}.ini`, text);
			const reason = new RegExp(
				`Cannot listen for ${what} on 127\\.0\\.0\\.1:${port}: the port is in use; change ${key} in \\[${section}\\], or stop ".*" \\(pid ${process.pid}\\)`,
			);
			fails(reason, "-c", name, "start", "csm");
			fails(reason, "-c", name, "start");
		}
		server.close();
	});
});

describe("the binary stands alone", () => {
	test("a stray .env, bunfig.toml and package.json in the working directory change nothing", async () => {
		const stray = mkdtempSync(join(tmpdir(), "iotctl-stray-"));
		writeFileSync(join(stray, ".env"), "HOME=/nowhere\nNODE_ENV=development\nBUN_OPTIONS=--smol\n");
		writeFileSync(join(stray, "bunfig.toml"), 'preload = ["./missing.ts"]\n');
		writeFileSync(join(stray, "package.json"), "{ broken");
		writeFileSync(join(stray, "tsconfig.json"), "{ broken");
		const { exitCode, stdout } = Bun.spawnSync([BINARY, "initdb"], {
			cwd: stray,
			env: { HOME: folder },
		});
		expect([exitCode, stdout.toString()]).toEqual([
			0,
			expect.stringContaining(`${folder}/.iottalk`),
		]);
		rmSync(stray, { recursive: true });
	});

	test("SIGINT stops it cleanly and the database stays whole", async () => {
		const text = `[core]\nuserdir = ${folder}/clean\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`;
		ini("clean.ini", text);
		const server = await spawnBinary(join(folder, "clean.ini"));
		expect(server.banner).toContain("this machine only");
		server.process.kill("SIGINT");
		expect(await server.process.exited).toBe(0);
		const db = new Database(join(folder, "clean/iottalk.db"), { readonly: true });
		expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
		db.close();
	});
});
