// examples/arduino: the sketch, compiled for this machine with stand-ins for the board and its libraries, against
// a real server.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN, addAdmin, makeToken } from "../support/logins.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { drawGraph, EXAMPLES, Program } from "./program.ts";

const BOARD = join(import.meta.dir, "board");
const ID = "00000000-0000-4000-8000-246f28aabbcc";

describe.if(hasProgram("g++") && hasProgram("mosquitto_rr"))("examples/arduino", () => {
	let folder: string;
	let target: Target;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-board-"));
		target = await startBinary({ core: { auth: "on" } });
		addAdmin(target);
	});
	afterAll(async () => {
		await target.dispose();
		rmSync(folder, { recursive: true, force: true });
	});

	/** Fills in the sketch's lines as its reader does, and compiles it. */
	function compile(server: string, token: string): string {
		const sketch = readFileSync(join(EXAMPLES, "arduino/iottalk/iottalk.ino"), "utf8")
			.replace(/(SERVER = )"[^"]*"/, `$1"${server}"`)
			.replace(/(TOKEN = )"[^"]*"/, `$1"${token}"`);
		const source = join(folder, "sketch.cpp");
		writeFileSync(source, sketch);
		const program = join(folder, "sketch");
		const { exitCode, stderr } = Bun.spawnSync([
			...["g++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-I", BOARD],
			...["-include", join(BOARD, "Arduino.h"), source, "-o", program],
		]);
		expect([exitCode, stderr.toString()]).toEqual([0, ""]);
		return program;
	}

	test("the board registers, sends, switches its LED by what comes back, and returns after a restart", async () => {
		const board = new Program([compile(target.http, makeToken(target, "boards"))]);
		try {
			await board.line(new RegExp(`^registered as BoardCat \\(${ID}\\)$`));
			await board.line(/^online$/);
			const { port } = new URL(target.mqtt);
			await drawGraph(ID, ["-p", port, "-u", ADMIN.username, "-P", ADMIN.password]);
			await board.line(/^CONNECT odf$/);
			await board.line(/^sent \[40\]$/);
			await board.line(/^received \[1600\]$/);
			await board.line(/^LED on$/);
			target = await target.restart();
			await board.line(/^online$/);
			await board.line(/^received \[1600\]$/);
		} finally {
			await board.kill();
		}
	});

	test("a refusal is shown with the server's reason", async () => {
		const board = new Program([compile(target.http, "wrong")]);
		try {
			await board.line(/^cannot register: 401 .*"reason":/);
		} finally {
			await board.kill();
		}
	});
});
