// The Python and JavaScript SDKs' ways of speaking, against the compiled binary.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, type Json, TestGraph } from "../support/gateway.ts";
import { readLines } from "../support/lines.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { type Spawned, spawnBinary } from "../support/target.ts";
import { Inbox } from "../support/waiting.ts";

const PYTHON = "/usr/bin/python3";
const SDK = join(import.meta.dir, "sdk");
let folder: string;
let server: Spawned;
let http: string;
let gui: TestClient;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-sdk-"));
	const ini = join(folder, "sdk.ini");
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}/state\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n`,
	);
	server = await spawnBinary(ini);
	http = `http://127.0.0.1:${server.ports.http}`;
	gui = await TestClient.connect(`mqtt://127.0.0.1:${server.ports.mqtt}`);
});
afterAll(async () => {
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

interface Event extends Json {
	event: string;
}

async function squareGraph(id: string, idf: string, odf: string): Promise<TestGraph> {
	const graph = await TestGraph.open(gui, "gui", id);
	await graph.ok({ op: "attach" });
	const [square] = await graph.addFunctions("def run(*x): return [v ** 2 for v in x]\n");
	await graph.ok({ op: "add_link", da_id: id, idf, func: square });
	await graph.ok({ op: "add_link", da_id: id, odf });
	return graph;
}

describe.if(hasProgram(PYTHON, "-c", "import paho.mqtt.client, requests"))("Python SDK", () => {
	test("§3.3 it connects, sends, receives, reconnects, is disconnected and deregisters", async () => {
		const id = randomUUID();
		const graph = await squareGraph(id, "Dummy_Sensor", "Dummy_Control");
		const device = Bun.spawn([PYTHON, join(SDK, "python_sdk.py"), http, id], {
			stdin: "pipe",
			stdout: "pipe",
			stderr: "inherit",
		});
		const events = new Inbox<Event>();
		void readLines(device.stdout, (line) => events.add(JSON.parse(line)));
		const next = (event: string) => events.take(event, (item) => item.event === event);
		const type = (line: string) => {
			device.stdin.write(`${line}\n`);
			device.stdin.flush();
		};
		expect(await next("online")).toMatchObject({
			url: { scheme: "mqtt", host: "127.0.0.1", port: server.ports.mqtt },
		});
		const connected = [await next("CONNECT"), await next("CONNECT")];
		expect(connected.map(({ feature }) => feature)).toEqual(["Dummy_Sensor", "Dummy_Control"]);
		type("push 7");
		expect(await next("data")).toMatchObject({ values: [49] });
		type("reconnect");
		await next("online");
		await next("CONNECT");
		await next("CONNECT");
		type("push 8");
		expect(await next("data")).toMatchObject({ values: [64] });
		await graph.ok({ op: "rm_link", da_id: id, odf: "Dummy_Control" });
		expect(await next("DISCONNECT")).toMatchObject({ feature: "Dummy_Control" });
		type("quit");
		expect(await next("gone")).toMatchObject({ status: 200 });
		expect(await device.exited).toBe(0);
		await gui.subscribe(`${id}/ctrl/i`);
		expect(await gui.nextJson(`${id}/ctrl/i`)).toMatchObject({ state: "offline" });
	}, 60_000);
});

describe.if(hasProgram("chromium"))("JavaScript SDK in a browser", () => {
	test("§2.1 §8 a page of another origin registers, connects over WebSocket, sends, receives, comes back", async () => {
		const id = randomUUID();
		await squareGraph(id, "Acceleration-I", "Color-O");
		const events = new Inbox<Event>();
		const library = join(import.meta.dir, "../../node_modules/mqtt/dist/mqtt.min.js");
		const origin = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			routes: {
				"/": new Response(Bun.file(join(SDK, "page.html"))),
				"/mqtt.js": new Response(Bun.file(library)),
				"/event": async (request) => {
					events.add((await request.json()) as Event);
					return new Response();
				},
			},
		});
		const page = `http://127.0.0.1:${origin.port}/?server=${encodeURIComponent(http)}&id=${id}`;
		const browser = Bun.spawn(
			[
				...[
					"chromium",
					"--headless",
					"--no-sandbox",
					"--disable-gpu",
					"--disable-quic",
					"--no-first-run",
				],
				...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
				...[`--user-data-dir=${folder}/chromium`, "--remote-debugging-port=0", page],
			],
			{ stdout: "ignore", stderr: "ignore" },
		);
		const next = (event: string) =>
			events.take(event, (item) => item.event === event || item.event === "failed", 40_000);
		try {
			expect(await next("registered")).toEqual({ event: "registered", name: "00.Smartphone" });
			const first = [await next("CONNECT"), await next("CONNECT")];
			expect(first.map(({ feature }) => feature)).toEqual(["Acceleration-I", "Color-O"]);
			expect(await next("data")).toMatchObject({ values: [1, 4, 9] });
			const second = [await next("CONNECT"), await next("CONNECT")];
			expect(second.map(({ connects }) => connects)).toEqual([2, 2]);
			expect(await next("data")).toMatchObject({ values: [4, 4, 9] });
		} finally {
			browser.kill("SIGKILL");
			await browser.exited;
			await origin.stop(true);
		}
		const target = { http } as Parameters<typeof call>[0];
		expect((await call(target, "GET", `/${id}`)).status).toBe(200);
	}, 90_000);
});
