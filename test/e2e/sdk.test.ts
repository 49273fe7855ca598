// The Python and JavaScript SDKs' ways of speaking, against the compiled binary.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Json, TestGraph } from "../support/gateway.ts";
import { readLines } from "../support/lines.ts";
import { TestClient } from "../support/mqtt.ts";
import { ownDatabase } from "../support/own-database.ts";
import { hasProgram } from "../support/programs.ts";
import { BINARY, type Spawned, spawnBinary } from "../support/target.ts";
import { Inbox, LONG_DEADLINE_MS } from "../support/waiting.ts";

const PYTHON = "/usr/bin/python3";
const SDK = join(import.meta.dir, "sdk");
const ADMIN = { username: "admin", password: "correct horse battery" };

/** A network as a reader of docs/security.md sets it up: everyone may connect, with a login, encrypted. */
const LAN = "bind = 0.0.0.0\n[tls]\ncert = tls/cert.pem\nkey = tls/key.pem";

interface Event extends Json {
	event: string;
}

/** What installing the authority on a phone is: Chromium looks into this store of its user. */
function trustInBrowsers(home: string, ca: string): void {
	const store = join(home, ".pki/nssdb");
	mkdirSync(store, { recursive: true });
	for (const words of [
		["-N", "--empty-password"],
		["-A", "-t", "C,,", "-n", "iottalk", "-i", ca],
	]) {
		const { exitCode, stderr } = Bun.spawnSync(["certutil", "-d", `sql:${store}`, ...words]);
		if (exitCode !== 0) throw new Error(stderr.toString());
	}
}

describe.each([
	["on this machine", ""],
	["on a network, with logins and TLS", LAN],
])("%s", (_where, settings) => {
	const isLan = settings === LAN;
	let folder: string;
	let server: Spawned;
	/** What devices are told to register at: SDKs take an address and nothing else. */
	let http: string;
	/** Whom devices trust, and where they keep that. */
	let trust: Record<string, string> = {};
	let gui: TestClient;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "sdk-"));
		const ini = join(folder, "sdk.ini");
		const [core = "", ...rest] = settings.split("\n");
		const database = await ownDatabase();
		writeFileSync(
			ini,
			`[core]\nuserdir = ${folder}/state\nhttp-port = 0\n${core}\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n${rest.join("\n")}\n${database.section()}`,
		);
		const type = (words: string[], env = {}) => {
			const { stdout, stderr, exitCode } = Bun.spawnSync([BINARY, "-c", ini, ...words], {
				env: { ...process.env, HOME: folder, ...env },
			});
			if (exitCode !== 0) throw new Error(stderr.toString());
			return stdout.toString();
		};
		let token = "";
		if (isLan) {
			type(["cert", "self-signed", "gateway.local"]);
			type(["user", "add", ADMIN.username], { IOTCTL_PASSWORD: ADMIN.password });
			token = type(["token", "create", "class"]).split("\n")[0] ?? "";
			const ca = join(folder, "state/tls/ca.pem");
			trust = { REQUESTS_CA_BUNDLE: ca, SSL_CERT_FILE: ca };
		}
		server = await spawnBinary(ini);
		const { ports } = server;
		http = isLan
			? `https://127.0.0.1:${ports.http}/token/${token}`
			: `http://127.0.0.1:${ports.http}`;
		gui = await TestClient.connect(
			`${isLan ? "mqtts" : "mqtt"}://127.0.0.1:${ports.mqtt}`,
			isLan ? { ...ADMIN, ca: readFileSync(trust.SSL_CERT_FILE ?? "", "utf8") } : {},
		);
	});
	afterAll(async () => {
		await gui.end();
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	});

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
				env: { ...process.env, ...trust },
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
				url: { scheme: isLan ? "mqtts" : "mqtt", host: "127.0.0.1", port: server.ports.mqtt },
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
		});
	});

	describe.if(hasProgram("chromium") && (!isLan || hasProgram("certutil")))(
		"JavaScript SDK in a browser",
		() => {
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
				if (isLan) trustInBrowsers(folder, trust.SSL_CERT_FILE ?? "");
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
					{
						// It leaves folders behind when it is killed.
						env: { ...process.env, HOME: folder, TMPDIR: folder },
						stdout: "ignore",
						stderr: "ignore",
					},
				);
				const next = (event: string) =>
					events.take(
						event,
						(item) => item.event === event || item.event === "failed",
						LONG_DEADLINE_MS,
					);
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
				const { status } = await fetch(`${http}/${id}`, { tls: { rejectUnauthorized: false } });
				expect(status).toBe(200);
			});
		},
	);
});
