// What systemd hears of the server, and what it says of the unit.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Desk } from "../support/binary.ts";
import { readLines } from "../support/lines.ts";
import { hasProgram } from "../support/programs.ts";
import { BINARY, spawnBinary } from "../support/target.ts";
import { Inbox } from "../support/waiting.ts";

const PYTHON = "/usr/bin/python3";
let desk: Desk;
beforeAll(() => {
	desk = new Desk("systemd");
});
afterAll(() => desk.clear());

describe.if(hasProgram(PYTHON, "-c", "import socket"))("sd_notify", () => {
	test.each([
		["a path", () => join(desk.folder, "notify")],
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
		const server = await spawnBinary(desk.ini, {
			NOTIFY_SOCKET: address(),
			WATCHDOG_USEC: "400000",
		});
		await hear("STATUS=starting");
		expect(await hear("READY=1")).toMatch(/^READY=1\nSTATUS=0 of 0 devices online, 0 graphs/);
		expect(await hear("WATCHDOG=1")).toContain("STATUS=");
		await hear("WATCHDOG=1");
		const restart = desk.run("restart");
		expect([restart.exitCode, restart.err]).toEqual([
			1,
			expect.stringContaining("systemctl restart iotctl"),
		]);
		writeFileSync(desk.ini, desk.iniText("level = warn"));
		server.process.kill("SIGHUP");
		expect(await hear("RELOADING=1")).toMatch(/MONOTONIC_USEC=\d+/);
		await hear("READY=1");
		server.process.kill("SIGTERM");
		await hear("STOPPING=1");
		expect(await server.process.exited).toBe(0);
		manager.kill();
		await manager.exited;
	});

	test("a NOTIFY_SOCKET that is no address is refused", () => {
		const { exitCode, stderr } = Bun.spawnSync([BINARY, "-c", desk.ini, "start", "csm"], {
			env: { HOME: desk.folder, NOTIFY_SOCKET: "relative/path" },
		});
		expect([exitCode, stderr.toString()]).toEqual([
			1,
			expect.stringContaining("no address of a unix socket"),
		]);
	});
});

describe("iotctl service", () => {
	test("install and uninstall say so where systemd does not run", () => {
		if (existsSync("/run/systemd/system")) return;
		for (const words of [["install"], ["uninstall"], ["status"]]) {
			const { exitCode, err } = desk.run("service", ...words);
			expect([exitCode, err]).toEqual([
				1,
				expect.stringContaining("systemd does not run on this machine"),
			]);
		}
	});

	test.if(hasProgram("systemd-analyze"))(
		"systemd accepts the unit, and finds little exposed",
		() => {
			const { exitCode, out } = desk.run("service", "install", "--dry-run");
			expect(exitCode).toBe(0);
			// Verification looks for the program too.
			const unit = desk.write(
				"iotctl.service",
				out.replace(/^ExecStart=\S+/m, `ExecStart=${BINARY}`),
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
