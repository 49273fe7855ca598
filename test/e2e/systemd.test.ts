// What systemd hears of the server, and what it says of the unit.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unitText } from "../../src/daemon/unit.ts";
import { TestHome } from "../support/binary.ts";
import { readLines } from "../support/lines.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram, needs } from "../support/programs.ts";
import { BINARY, spawnBinary } from "../support/target.ts";
import { Inbox } from "../support/waiting.ts";

const PYTHON = "/usr/bin/python3";
let home: TestHome;
beforeAll(() => {
	home = new TestHome("systemd");
});
afterAll(() => home.clear());

describe.if(hasProgram(PYTHON, "-c", "import socket"))("sd_notify", () => {
	test.each([
		["a path", () => join(home.folder, "notify")],
		["an abstract address", () => `@iotctl-${process.pid}`],
	])("ready, sign of life, reload and stop arrive at %s", async (_, address) => {
		const told = new Inbox<string>();
		const manager = Bun.spawn(
			[PYTHON, join(import.meta.dir, "../support/notify_socket.py"), address()],
			{
				stdout: "pipe",
				stderr: "inherit",
			},
		);
		void readLines(manager.stdout, (line) => told.add(JSON.parse(line)));
		const hear = (text: string) => told.take(text, (message) => message.includes(text));
		await hear("listening");
		const server = await spawnBinary(home.ini, {
			NOTIFY_SOCKET: address(),
			WATCHDOG_USEC: "400000",
		});
		await hear("STATUS=starting");
		expect(await hear("READY=1")).toMatch(/^READY=1\nSTATUS=0 of 0 devices online, 0 graphs/);
		expect(await hear("WATCHDOG=1")).toContain("STATUS=");
		await hear("WATCHDOG=1");
		const restart = home.run("restart");
		expect([restart.exitCode, restart.err]).toEqual([
			1,
			expect.stringContaining("systemctl restart iotctl"),
		]);
		writeFileSync(home.ini, home.iniText("level = warn"));
		server.process.kill("SIGHUP");
		expect(await hear("RELOADING=1")).toMatch(/MONOTONIC_USEC=\d+/);
		await hear("READY=1");
		server.process.kill("SIGTERM");
		await hear("STOPPING=1");
		expect(await server.process.exited).toBe(0);
		manager.kill();
		await manager.exited;
	});

	test.if(hasProgram("mosquitto"))(
		"a server whose own messages do not come back gets no more sign of life",
		async () => {
			const folder = mkdtempSync(join(tmpdir(), "iotctl-watchdog-"));
			const acl = join(folder, "acl");
			writeFileSync(acl, "topic readwrite #\ntopic readwrite $iotctl/#\n");
			const mosquitto = await Mosquitto.start(folder, `user root\nacl_file ${acl}\n`);
			const told = new Inbox<string>();
			const address = join(folder, "notify");
			const manager = Bun.spawn(
				[PYTHON, join(import.meta.dir, "../support/notify_socket.py"), address],
				{ stdout: "pipe", stderr: "inherit" },
			);
			void readLines(manager.stdout, (line) => told.add(JSON.parse(line)));
			const hear = (text: string) => told.take(text, (message) => message.includes(text));
			await hear("listening");
			const ini = join(folder, "test.ini");
			writeFileSync(
				ini,
				`[core]\nuserdir = ${folder}/state\nhttp-port = 0\n[core-mqtt]\nbroker = external\nport = ${mosquitto.port}\nprobe-timeout = 1\n`,
			);
			const server = await spawnBinary(ini, { NOTIFY_SOCKET: address, WATCHDOG_USEC: "400000" });
			const health = async () => {
				const response = await fetch(`http://127.0.0.1:${server.ports.http}/health`);
				return [response.status, await response.json()];
			};
			await hear("WATCHDOG=1");
			expect(await health()).toEqual([200, { live: true, ready: true, reasons: [] }]);
			// The probe has come back at least once when a client has seen the second one.
			const reader = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
			await reader.subscribe("$iotctl/#");
			for (let n = 0; n < 2; n++) await reader.inbox.take("a probe");
			writeFileSync(acl, "topic readwrite #\n");
			mosquitto.signal("SIGHUP");
			await hear("have not come back from the broker");
			expect(await health()).toEqual([
				503,
				{ live: false, ready: false, reasons: [expect.stringContaining("have not come back")] },
			]);
			told.clear();
			for (let n = 0; n < 3; n++) expect(await hear("STATUS=")).not.toContain("WATCHDOG");
			writeFileSync(acl, "topic readwrite #\ntopic readwrite $iotctl/#\n");
			mosquitto.signal("SIGHUP");
			await hear("WATCHDOG=1");
			await reader.end();
			await server.stop();
			manager.kill();
			await mosquitto.stop();
			rmSync(folder, { recursive: true });
		},
	);

	test("a NOTIFY_SOCKET that is not an address is refused", () => {
		const { exitCode, stderr } = Bun.spawnSync([BINARY, "-c", home.ini, "start", "csm"], {
			env: { HOME: home.folder, NOTIFY_SOCKET: "relative/path" },
		});
		expect([exitCode, stderr.toString()]).toEqual([
			1,
			expect.stringContaining("not the address of a unix socket"),
		]);
	});
});

describe("iotctl service", () => {
	test.if(needs(!existsSync("/run/systemd/system"), "systemd runs here"))(
		"install and uninstall say so where systemd does not run",
		() => {
			for (const words of [["install"], ["uninstall"], ["status"]]) {
				const { exitCode, err } = home.run("service", ...words);
				expect([exitCode, err]).toEqual([
					1,
					expect.stringContaining("systemd is not running on this machine"),
				]);
			}
		},
	);

	test.if(hasProgram("systemd-analyze"))(
		"systemd accepts the unit, and finds little exposed",
		() => {
			expect(home.run("service", "install", "--dry-run").exitCode).toBe(0);
			// Verification looks for the program too, at a path that has to be quoted.
			const folder = join(home.folder, "a folder of 100 %");
			mkdirSync(folder);
			const program = join(folder, "iotctl");
			symlinkSync(BINARY, program);
			const ini = join(folder, 'my "own" iotctl \\ of $HOME.ini');
			const unit = home.write(
				"iotctl.service",
				unitText({ program, ini, stateDirectory: "iotctl", memoryBytes: 1 << 30 }),
			);
			const analyze = (...words: string[]) => {
				const run = Bun.spawnSync(["systemd-analyze", ...words]);
				return { exitCode: run.exitCode, text: run.stdout.toString() + run.stderr.toString() };
			};
			expect(analyze("verify", "--man=no", unit)).toEqual({ exitCode: 0, text: "" });
			const { text } = analyze("security", "--offline=true", "--no-pager", unit);
			const exposure = Number(/Overall exposure level.*: ([\d.]+)/.exec(text)?.[1]);
			expect(exposure).toBeLessThan(2);
		},
	);
});
