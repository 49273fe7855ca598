// start --detach, status, reload, restart, stop: the compiled program as an operator runs it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { Flow } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { story } from "../support/story.ts";
import { BINARY, type Target } from "../support/target.ts";
import { until, within } from "../support/waiting.ts";
import { writeWheel } from "../support/wheel.ts";

const FFFE = Uint8Array.of(0xff, 0xfe, 0x0a);
/** Name, the ini's text after the edit (undefined: it is removed), what the warning has to say. */
type Edit = readonly [string, () => string | Buffer | undefined, RegExp];
let home: TestHome;
beforeAll(() => {
	home = new TestHome("life");
});
afterAll(() => home.clear());

const statusJson = () => JSON.parse(home.run("status", "--json").out);

describe("a server in the background", () => {
	const step = story("from its start to its end");

	step("start --detach returns when it is ready, and status knows it", async () => {
		expect(home.run("status")).toMatchObject({
			exitCode: 3,
			err: expect.stringContaining("not running"),
		});
		expect(home.run("status", "--json").out).toContain('"running":false');
		const { exitCode, out } = home.run("start", "--detach", "csm");
		expect([exitCode, out]).toEqual([0, expect.stringContaining(`iotctl -c ${home.ini} stop\n`)]);
		const { pid, http, running, devices } = statusJson();
		expect([running, devices]).toEqual([true, { online: 0, known: 0 }]);
		expect(Number(readFileSync(join(home.folder, "state/iotctl.pid"), "utf8"))).toBe(pid);
		expect((await call({ http } as Target, "GET", "/health")).status).toBe(200);
		expect(home.run("status")).toMatchObject({
			exitCode: 0,
			out: expect.stringMatching(/^IoTtalk \S+ is running \(pid \d+\) since .*\n {2}HTTP .*\n/),
		});
		expect(home.run("start", "--detach", "csm")).toMatchObject({
			exitCode: 1,
			err: expect.stringContaining(`is already in use by process ${pid}`),
		});
	});

	step("engine restart replaces the function engine, if there is one", async () => {
		expect(home.run("engine", "restart")).toMatchObject({
			exitCode: 0,
			out: "no function engine is running; it starts with the first function\n",
		});
		const { http, mqtt } = statusJson();
		await Flow.build({ http, mqtt } as Target, {
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [{}],
		});
		const { engine: before } = statusJson();
		const { exitCode, out } = home.run("engine", "restart");
		const { engine: after } = statusJson();
		expect([exitCode, out]).toEqual([0, `function engine restarted (pid ${after.pid})\n`]);
		expect([after.state, after.pid === before.pid]).toEqual(["ready", false]);
	});

	step("reload takes log levels and limits over, and says what needs a restart", async () => {
		const log = join(home.folder, "state/iotctl.log");
		expect(readFileSync(log, "utf8")).toContain("server: ready");
		writeFileSync(
			home.ini,
			`${home.iniText("level = debug\ncomponents = store:error")}[esm]\nmax-graphs = 3\ncall-timeout = 500\n`,
		);
		expect(home.run("reload").exitCode).toBe(0);
		await until(() => readFileSync(log, "utf8").includes("configuration reloaded"), "the reload");
		const line = /configuration reloaded.*/.exec(readFileSync(log, "utf8"))?.[0] ?? "";
		expect(line).toContain('"applied":["esm.max-graphs","log.level","log.components"]');
		expect(line).toContain('"need_restart":["esm.call-timeout"]');
		writeFileSync(home.ini, home.iniText("level = debug\nrooms = store:warn"));
		process.kill(statusPid(), "SIGHUP");
		await until(() => readFileSync(log, "utf8").includes("deprecated name"), "the warning");
		const renamed = readFileSync(log, "utf8").split("deprecated name")[0]?.split("\n").at(-2);
		expect(renamed).toContain('"log.components"');
		expect(home.run("check").out).toMatch(/note +ini .*"rooms" in \[log\] .* "components"\n/);
		writeFileSync(home.ini, `${home.iniText()}[esm]\nmax-graphs = many\n`);
		process.kill(statusPid(), "SIGHUP");
		await until(() => readFileSync(log, "utf8").includes("configuration rejected"), "the refusal");
		writeFileSync(home.ini, home.iniText());
	});

	const statusPid = () => Number(readFileSync(join(home.folder, "state/iotctl.pid"), "utf8"));

	step("restart gives another process with the same data", async () => {
		const { pid, http, devices } = statusJson();
		const id = crypto.randomUUID();
		const registered = await call({ http } as Target, "PUT", `/${id}`, {
			accept_protos: ["mqtt"],
			profile: { model: "x" },
		});
		expect(registered.status).toBe(200);
		expect(home.run("restart").exitCode).toBe(0);
		const after = statusJson();
		expect(after.pid).not.toBe(pid);
		expect(after.devices.known).toBe(devices.known + 1);
	});

	step("stop ends it, twice is fine, and status answers 3", () => {
		expect(home.run("stop")).toMatchObject({
			exitCode: 0,
			out: expect.stringMatching(/^stopped \(pid \d+\)\n$/),
		});
		expect(existsSync(join(home.folder, "state/iotctl.pid"))).toBe(false);
		expect(home.run("stop")).toMatchObject({
			exitCode: 0,
			out: expect.stringContaining("not running"),
		});
		expect(home.run("status").exitCode).toBe(3);
		expect(home.run("reload").exitCode).toBe(3);
	});

	step(
		"a pid file left behind by a killed server, or with another program's number, means nothing",
		async () => {
			expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
			const { pid } = statusJson();
			process.kill(pid, "SIGKILL");
			await until(() => home.run("status").exitCode === 3, "the end");
			expect(existsSync(join(home.folder, "state/iotctl.pid"))).toBe(true);
			home.write("state/iotctl.pid", `${process.pid}\n`);
			expect(home.run("status").exitCode).toBe(3);
			expect(home.run("stop").out).toContain("not running");
			expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
			expect(home.run("stop").exitCode).toBe(0);
		},
	);

	describe("with a mistake in the ini since the start", () => {
		const plain = (): string => `[core]\nhttp-port = 0\nuserdir = ${home.folder}/typo\n`;
		const rest = "[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
		const whole = (): string => plain() + rest;
		const edits: readonly Edit[] = [
			["a mistyped key", () => whole().replace("userdir", "userdr"), /unknown key "userdr"/],
			["a mistyped section", () => whole().replace("[core]", "[cor]"), /\[cor\] is ignored/],
			["letters swapped", () => whole().replace("[core]", "[croe]"), /\[croe\] is ignored/],
			[
				"an open section",
				() => whole().replace("[core]", "[core"),
				/"\[core" is neither a \[section\]/,
			],
			["upper case", () => whole().replace("[core]", "[CORE]"), /\[CORE\] is not a known section/],
			["no equals sign", () => whole().replace("userdir =", "userdir"), /line 3/],
			["a stray reference", () => whole().replace(home.folder, "${nope:x}"), /\$\{nope:x\}/],
			["bytes at the end", () => Buffer.concat([Buffer.from(whole()), FFFE]), /not UTF-8/],
			[
				"bytes in the path",
				() => Buffer.concat([Buffer.from(plain().trimEnd()), FFFE]),
				/not UTF-8/,
			],
			["a NUL", () => `${whole()}\0`, /not a text/],
			["a line commented out", () => whole().replace("userdir", "# userdir"), /typo/],
			["another directory", () => whole().replace("/typo", "/typ0"), /typo/],
			["no ini at all", () => undefined, /ini file not found/],
		];
		test.each(edits)("%s: status and stop find it, and warn", (name, edited, warning) => {
			const ini = home.write("typo.ini", whole());
			const type = (word: string) => home.runWith("", "-c", ini, word);
			expect(home.runWith("", "-c", ini, "start", "--detach", "csm").exitCode).toBe(0);
			try {
				const text = edited();
				if (text === undefined) rmSync(ini);
				else writeFileSync(ini, text);
				for (const word of ["status", "stop"]) {
					const { exitCode, out, err } = type(word);
					expect([name, word, exitCode, out]).toEqual([
						name,
						word,
						0,
						expect.stringMatching(/is running \(pid|stopped \(pid/),
					]);
					expect(err).toMatch(/^iotctl: warning: /);
					expect(err).toMatch(warning);
				}
				const { exitCode, out, err } = type("status");
				expect([out, exitCode]).toEqual(["", text === undefined ? 1 : 3]);
				expect(err).toMatch(/not running|not found/);
			} finally {
				writeFileSync(ini, whole());
				type("stop");
			}
		});

		test("the server of another ini is never taken for it", () => {
			const other = home.write("other.ini", whole().replace("/typo", "/.iottalk"));
			expect(home.runWith("", "-c", other, "start", "--detach", "csm").exitCode).toBe(0);
			try {
				const ini = home.write("typo.ini", whole().replace("userdir", "userdr"));
				const { exitCode, err } = home.runWith("", "-c", ini, "stop");
				expect([exitCode, err]).toEqual([3, expect.stringContaining("may differ")]);
				expect(home.runWith("", "-c", other, "status").exitCode).toBe(0);
			} finally {
				home.runWith("", "-c", other, "stop");
			}
		});
	});

	test("a server that cannot say where it is ends, and says why", async () => {
		const ini = home.write("untold.ini", home.iniText().replace("/state", "/untold"));
		mkdirSync(join(home.folder, "untold/iotctl.run.json.new"), { recursive: true });
		const server = Bun.spawn([BINARY, "-c", ini, "start", "csm"], {
			stdin: "ignore",
			stdout: "ignore",
			stderr: "pipe",
		});
		try {
			expect(await within(server.exited, "the server's end")).toBe(1);
			expect(await new Response(server.stderr).text()).toMatch(
				/^iotctl: Cannot use ".*iotctl\.run\.json\.new": .*directory/m,
			);
			expect(readdirSync(join(home.folder, "untold"))).not.toContain("iotctl.pid");
		} finally {
			server.kill("SIGKILL");
		}
	});

	test("start --detach that fails says why, as start does", () => {
		const ini = home.write(
			"bad-bind.ini",
			home.iniText().replace("[core]", "[core]\nbind = 203.0.113.1"),
		);
		const { exitCode, err } = home.runWith("", "-c", ini, "start", "--detach", "csm");
		expect([exitCode, err]).toEqual([
			1,
			expect.stringContaining("Cannot listen for MQTT on 203.0.113.1:0"),
		]);
	});
});

describe("check", () => {
	test("says what a start would do, and changes nothing", () => {
		const fresh = home.write(
			"fresh.ini",
			`[core]\nuserdir = ${home.folder}/none\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`,
		);
		const { exitCode, out } = home.runWith("", "-c", fresh, "check");
		expect([exitCode, out]).toEqual([0, expect.stringContaining("none will be created")]);
		expect(out).toContain(`Next: iotctl -c ${fresh} start`);
		expect(existsSync(join(home.folder, "none"))).toBe(false);
	});

	test("notes a section that looks like one of ours", () => {
		const text = `[core]\nuserdir = ${home.folder}/none\n[core-mqt]\nport = 0\n[gui]\nport = 1\n`;
		const { out } = home.runWith("", "-c", home.write("any.ini", text), "check");
		expect(out).toMatch(/note +ini +"\S+any.ini", line 3: \[core-mqt\] is ignored \(did you mean/);
		expect(out).not.toContain("[gui]");
	});

	test("-v lists what functions can import, and names packages that cannot be used", () => {
		const packages = join(home.folder, "packages");
		mkdirSync(packages);
		writeWheel(packages, "mathkit-1.0-py3-none-any.whl", { "mathkit/__init__.py": "" });
		writeWheel(packages, "alien-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", { "alien.py": "" });
		const quiet = `[core]\nuserdir = ${home.folder}/none\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`;
		const own = home.write("own.ini", `${quiet}[esm]\npackages = ${packages}\n`);
		const { exitCode, out } = home.runWith("", "-c", own, "check", "-v");
		expect([exitCode, out]).toEqual([0, expect.stringMatching(/standard library:\n {2}abc /)]);
		expect(out).toMatch(/\n {2}.*\bzoneinfo\b/);
		expect(out).toMatch(/packages in \[esm\]:\n {2}mathkit\n/);
		expect(out).toMatch(/note {2}packages {2}cannot use the wheel alien-\S+: it is for cp311/);
		const machine = home.write("machine.ini", `${quiet}[esm]\nengine = python3\n`);
		const listed = home.runWith("", "-c", machine, "check", "-v").out;
		expect(listed).toMatch(/standard library:\n {2}abc (.|\n)*packages of this machine:\n {2}\w/);
		expect(home.runWith("", "-c", own, "check").out).not.toContain("zoneinfo");
	});

	const deadLink = () => {
		const path = join(home.folder, "dead");
		rmSync(path, { force: true });
		symlinkSync("/none/at/all", path);
		return `${path}/state`;
	};
	const checked = (text: string) => {
		const { exitCode, out, err } = home.runWith("", "-c", home.write("any.ini", text), "check");
		return { exitCode, text: out + err };
	};
	const ports = (http: number, mqtt: number, ws: number) =>
		`http-port = ${http}\n[core-mqtt]\nport = ${mqtt}\n[core-ws]\nport = ${ws}\n`;

	test.each([
		["below a file", () => `${home.ini}/state`, "is not a directory"],
		["that is a file", () => home.ini, "is not a directory"],
		["in /proc", () => "/proc/x/y", "cannot be created"],
		["in /sys", () => "/sys/x", "cannot be created"],
		["that is /proc", () => "/proc", "cannot be written"],
		["with a name that is too long", () => join(home.folder, "n".repeat(300)), "too long"],
		["behind a link to nothing", () => deadLink(), "is a broken link"],
	])("fails with a directory %s", (_, path, reason) => {
		const { exitCode, text } = checked(`[core]\nuserdir = ${path()}\n${ports(0, 0, 0)}`);
		expect([exitCode, text]).toEqual([1, expect.stringMatching(/FAIL +directory/)]);
		expect(text).toContain(reason);
		expect(text).not.toContain("a start tightens it");
		expect(readdirSync(home.folder).filter((name) => name.startsWith(".iotctl"))).toEqual([]);
	});

	test("fails with a database in a directory that is not there", () => {
		const { exitCode, text } = checked(
			`[core]\nuserdir = ${home.folder}/state\n${ports(0, 0, 0)}[core-db]\nurl = /none/x.db\n`,
		);
		expect([exitCode, text]).toEqual([1, expect.stringContaining("/none does not exist")]);
	});

	test.each([
		[7001, 7001, 7002, "MQTT", "HTTP"],
		[7001, 7002, 7001, "WebSocket", "HTTP"],
		[7001, 7002, 7002, "WebSocket", "MQTT"],
	])("fails with two listeners on one port (%p %p %p)", (http, mqtt, ws, second, first) => {
		const ini = `[core]\nuserdir = ${home.folder}/state\n${ports(http, mqtt, ws)}`;
		const { exitCode, text } = checked(ini);
		expect(exitCode).toBe(1);
		expect(text).toMatch(new RegExp(`FAIL +${second} +port \\d+ is already used by ${first}`));
		const { err } = home.runWith("", "-c", home.write("any.ini", ini), "start", "csm");
		expect(err).toMatch(
			new RegExp(
				`^iotctl: Cannot listen for ${second} on port \\d+: it is already used by ${first}`,
			),
		);
	});

	test("fails with two listeners on one port also while a server runs", () => {
		expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
		const { exitCode, text } = checked(
			`[core]\nuserdir = ${home.folder}/state\n${ports(7001, 7001, 7002)}`,
		);
		expect(home.run("stop").exitCode).toBe(0);
		expect([exitCode, text]).toEqual([
			1,
			expect.stringMatching(/FAIL +MQTT +port 7001 is already used by HTTP/),
		]);
	});

	test("notes that no one can log in where logins are required, until someone can", () => {
		const ini = `[core]\nuserdir = ${home.folder}/logins\nauth = on\n${ports(0, 0, 0)}`;
		const { exitCode, text } = checked(ini);
		expect(exitCode).toBe(0);
		expect(text).toMatch(
			/note +logins +.* there is no administrator; .*: iotctl -c \S+any.ini user add admin\n/,
		);
		home.runWith("a long password\n", "-c", join(home.folder, "any.ini"), "user", "add", "x");
		expect(checked(ini).text).not.toContain("has one");
	});

	test("another broker on the MQTT port: check and start say how to use it", async () => {
		const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
		const ini = `[core]\nuserdir = ${home.folder}/state\n${ports(0, holder.port, 0)}`;
		expect(checked(ini).text).toMatch(/FAIL +MQTT .*broker = external in \[core-mqtt\]/);
		const { err } = home.runWith("", "-c", join(home.folder, "any.ini"), "start", "csm");
		expect(err).toMatch(/in use; .*\(pid \d+\).*broker = external in \[core-mqtt\]\n$/);
		holder.stop();
	});

	test("fails with each thing that is wrong", async () => {
		const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
		const ini = home.write(
			"wrong.ini",
			`[core]\nuserdir = ${home.folder}/state\nhttp-port = ${holder.port}\n[core-mqtt]\nbroker = external\nport = 1\n`,
		);
		const { exitCode, out, err } = home.runWith("", "-c", ini, "check");
		expect(exitCode).toBe(1);
		expect(out).toMatch(
			new RegExp(
				`FAIL +HTTP +127\\.0\\.0\\.1:${holder.port} is used by ".*" \\(pid ${process.pid}\\)`,
			),
		);
		expect(out).toMatch(/FAIL +broker +mqtt:\/\/localhost:1 does not answer/);
		expect(err).toContain("2 of");
		holder.stop();
	});
});
