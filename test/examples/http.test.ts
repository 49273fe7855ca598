// examples/http: devices that need no MQTT, each with the graph of the quick start.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "../support/programs.ts";
import { Classroom } from "./classroom.ts";
import { drawGraph, EXAMPLES, Program } from "./program.ts";

const HTTP = join(EXAMPLES, "http");
const BOARD = join(import.meta.dir, "board");
const PYTHON = "/usr/bin/python3";
const closed = "http://127.0.0.1:1";

const running: Program[] = [];
afterEach(async () => {
	for (const program of running.splice(0)) await program.kill();
});

function run(command: string[], env?: Record<string, string>): Program {
	const program = new Program(command, env);
	running.push(program);
	return program;
}

/** Squares of what a device sends come back to it, perhaps after it sent more. */
async function expectSquares(device: Program): Promise<void> {
	const squares = new Set<number>();
	for (let seen = 0; seen < 3; ) {
		const [, sent, received] = await device.line(/^(?:sent \[(\d+)\]|received \[(\d+)\])$/);
		if (sent !== undefined) squares.add(Number(sent) ** 2);
		// Before the join is set the number itself comes back.
		else if (squares.has(Number(received)) && Number(received) > 1) seen += 1;
	}
}

const isReady = hasProgram("mosquitto_rr") && hasProgram("curl") && hasProgram(PYTHON, "-V");

describe.if(isReady)("examples/http on this machine", () => {
	let room: Classroom;
	beforeAll(async () => {
		room = await Classroom.open("this machine");
	});
	afterAll(() => room.dispose());

	test("curl alone registers, sends and receives", async () => {
		const id = randomUUID();
		const env = { SERVER: room.http, DEVICE: id, EVERY: "0.1" };
		const device = run(["sh", join(HTTP, "device.sh")], env);
		await device.line(new RegExp(`^registered as CurlCat \\(${id}\\)$`));
		await device.line(/^waiting for a graph$/);
		await drawGraph(id, room.mosquitto);
		await expectSquares(device);
	});

	test("curl alone says what the server refused", async () => {
		const device = run(["sh", join(HTTP, "device.sh")], { SERVER: `${room.http}/nowhere` });
		const { code, err } = await device.ended();
		expect([code, err]).toEqual([1, expect.stringContaining("the server refused to register")]);
	});

	test("MicroPython's program goes on where an answer is cut off, or none comes", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-board-"));
		const registered = { name: "TinyCat", username: "u", password: "p" };
		const answers = ["", "HTTP/1.0", 'HTTP/1.0 200 OK\r\n\r\n{"name":"Ti'];
		const server = createServer((socket) => {
			const whole = `HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(registered)}`;
			socket.on("error", () => {});
			socket.once("data", () => socket.end(answers.shift() ?? whole));
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		const { port } = server.address() as AddressInfo;
		const program = readFileSync(join(HTTP, "micropython.py"), "utf8")
			.replace(/^HOST = .*$/m, "HOST = '127.0.0.1'")
			.replace(/^PORT = .*$/m, `PORT = ${port}`);
		writeFileSync(join(folder, "main.py"), program);
		try {
			const device = run([PYTHON, "-u", join(folder, "main.py")]);
			await device.line(/^registered as TinyCat/);
			expect(answers).toEqual([]);
		} finally {
			server.close();
			rmSync(folder, { recursive: true });
		}
	});

	test("MicroPython's program runs, and comes back after a restart of the server", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-board-"));
		const id = randomUUID();
		const { hostname, port } = new URL(room.http);
		const program = readFileSync(join(HTTP, "micropython.py"), "utf8")
			.replace(/^HOST = .*$/m, `HOST = '${hostname}'`)
			.replace(/^PORT = .*$/m, `PORT = ${port}`)
			.replace(/^ID = .*$/m, `ID = '${id}'`)
			.replace("def measure():", "def measure():\n    return int(time.time()) % 90 + 2");
		writeFileSync(join(folder, "main.py"), program);
		try {
			const device = run([PYTHON, "-u", join(folder, "main.py")]);
			await device.line(new RegExp(`^registered as TinyCat \\(${id}\\)$`));
			await drawGraph(id, room.mosquitto);
			await expectSquares(device);
			await room.restart();
			await expectSquares(device);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

describe.if(isReady).each(["this machine", "a network"] as const)("examples/http on %s", (kind) => {
	let room: Classroom;
	let options: string[];
	beforeAll(async () => {
		room = await Classroom.open(kind);
		options = [
			...["--server", room.http, "--every", "0.1"],
			...(room.token === undefined ? [] : ["--token", room.token]),
			...(room.ca === undefined ? [] : ["--ca", room.ca]),
		];
	});
	afterAll(() => room.dispose());

	test("Python without packages sends and receives, comes back after a restart, and deregisters", async () => {
		const device = run([PYTHON, join(HTTP, "device.py"), ...options]);
		const [, id = ""] = await device.line(/^registered as PlainCat \((.*)\)$/);
		await device.line(/^online$/);
		await drawGraph(id, room.mosquitto);
		await expectSquares(device);
		await room.restart();
		await device.line(/^online$/);
		await expectSquares(device);
		device.interrupt();
		await device.line(/^deregistered$/);
		expect((await device.ended()).code).toBe(0);
		expect((await room.fetch(`/${id}`)).status).toBe(404);
	});

	test("Python without packages says in one line why it cannot register", async () => {
		const gone = run([PYTHON, join(HTTP, "device.py"), "--server", closed]);
		const { code, err } = await gone.ended();
		expect([code, err.trim().split("\n")]).toEqual([
			1,
			[expect.stringContaining("device.py: cannot register at")],
		]);
	});
});

describe.if(isReady && hasProgram("g++"))("examples/http/esp32", () => {
	test("the board registers, sends, and switches its LED by what comes back", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-board-"));
		const room = await Classroom.open("this machine");
		try {
			const sketch = readFileSync(join(HTTP, "esp32/esp32.ino"), "utf8").replace(
				/(SERVER = )"[^"]*"/,
				`$1"${room.http}"`,
			);
			writeFileSync(join(folder, "sketch.cpp"), sketch);
			const { exitCode, stderr } = Bun.spawnSync([
				...["g++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-I", BOARD, "-include"],
				...[join(BOARD, "Arduino.h"), join(folder, "sketch.cpp"), "-o", join(folder, "sketch")],
			]);
			expect([exitCode, stderr.toString()]).toEqual([0, ""]);
			const board = run([join(folder, "sketch")]);
			const [, id = ""] = await board.line(/^registered as WebCat \((.*)\)$/);
			await drawGraph(id, room.mosquitto);
			await board.line(/^sent \[40\]$/);
			await board.line(/^received \[1600\]$/);
			await board.line(/^LED on$/);
		} finally {
			await room.dispose();
			rmSync(folder, { recursive: true });
		}
	});
});
