// The seed's quick start (csm.md §13) with the compiled binary, mosquitto's tools and a paho device.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import type { Json } from "../support/gateway.ts";
import { describeEach, type Kind } from "../support/kinds.ts";
import { TestClient } from "../support/mqtt.ts";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";
import { hasProgram } from "../support/programs.ts";
import { type Spawned, spawnBinary } from "../support/target.ts";
import { within } from "../support/waiting.ts";

const HERE = join(import.meta.dir, "seed");
const GRAPH = join(import.meta.dir, "../../examples/seed/graph.sh");
const DEVICE = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
const RESPONSES = "iottalk/api/res/gui/graph/1";
const DRAWN = ["attach ok", "add_funcs ok", "add_link ok", "add_link ok", "set_join ok"];
// Debian's interpreter: that is where its paho and requests are.
const PYTHON = "/usr/bin/python3";
const ready =
	hasProgram(PYTHON, "-c", "import paho.mqtt.client, requests") && hasProgram("mosquitto_pub");
const SHELLS: Kind<string>[] = ["sh", "dash", "bash -O expand_aliases"].map((shell) => [
	shell,
	shell,
	hasProgram(words(shell)[0] ?? ""),
]);

let folder: string;
/** Of the server of a test, over its restarts. */
let database: OwnDatabase | undefined;
const children: Subprocess[] = [];
afterEach(async () => {
	for (const child of children.splice(0)) {
		child.kill("SIGKILL");
		await child.exited;
	}
	database = undefined;
	rmSync(folder, { recursive: true, force: true });
});

async function startServer(ports = { http: 0, mqtt: 0, ws: 0 }): Promise<Spawned> {
	const ini = join(folder, "seed.ini");
	database ??= await ownDatabase();
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}/state\nhttp-port = ${ports.http}\n[core-mqtt]\nport = ${ports.mqtt}\n[core-ws]\nport = ${ports.ws}\n${database.section()}`,
	);
	const server = await spawnBinary(ini);
	children.push(server.process);
	return server;
}

function startDevice(server: Spawned): void {
	const { http, mqtt } = server.ports;
	const url = `http://127.0.0.1:${http}/${DEVICE}`;
	children.push(
		Bun.spawn([PYTHON, join(HERE, "device.py"), url, String(mqtt)], { stderr: "inherit" }),
	);
}

async function runScript(server: Spawned): Promise<void> {
	const script = Bun.spawn(["sh", GRAPH, "-p", String(server.ports.mqtt)], { stderr: "pipe" });
	const said = await new Response(script.stderr).text();
	expect([await within(script.exited, "the graph script"), said]).toEqual([0, ""]);
}

/** The next replies to requests on the graph. */
async function replies(client: TestClient, count: number): Promise<Json[]> {
	const taken = [];
	while (taken.length < count) taken.push(await client.nextJson(RESPONSES));
	return taken;
}

const reasonOrState = ({ state, reason }: Json) => reason ?? state;

async function watch(server: Spawned): Promise<TestClient> {
	const client = await TestClient.connect(`mqtt://127.0.0.1:${server.ports.mqtt}`);
	await client.subscribe(RESPONSES);
	await client.subscribe(`${DEVICE}/ctrl/o`);
	return client;
}

/** Waits for the ODF's CONNECT and checks that squares of integers come out of it. */
async function expectSquares(client: TestClient): Promise<void> {
	const isOdf = ({ topic, text }: { topic: string; text: string }) =>
		topic === `${DEVICE}/ctrl/o` && JSON.parse(text).odf === "meow";
	const { topic } = JSON.parse((await client.inbox.take("the ODF's CONNECT", isOdf)).text);
	// Before the join is set the plain number passes, and most are not squares of integers.
	const isSquare = (text: string) => Number.isInteger(Math.sqrt(JSON.parse(text)[0]));
	const squares: number[] = [];
	const { promise, resolve } = Promise.withResolvers<void>();
	client.raw.on("message", (from, payload) => {
		if (from !== topic) return;
		if (!isSquare(payload.toString())) squares.length = 0;
		else if (squares.push(JSON.parse(payload.toString())[0]) === 200) resolve();
	});
	await client.raw.subscribeAsync(topic, { qos: 0 });
	await within(promise, "two hundred squares in a row");
	expect(Math.max(...squares)).toBeLessThanOrEqual(99 * 99);
	await client.raw.unsubscribeAsync(topic);
}

describe.if(ready)("§13 the seed's quick start", () => {
	test("§13 device first, then the script; run again it changes nothing and data keeps flowing", async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
		const server = await startServer();
		const client = await watch(server);
		startDevice(server);
		await runScript(server);
		expect((await replies(client, 5)).map(({ op, state }) => `${op} ${state}`)).toEqual(DRAWN);
		await expectSquares(client);
		await runScript(server);
		expect((await replies(client, 5)).map(reasonOrState)).toEqual([
			...["ok", "ok"],
			...["link already exists", "link already exists"],
			"ok",
		]);
		await expectSquares(client);
		await client.end();
		await server.stop();
	});

	describeEach(SHELLS)("§13 the seed's own script under %s", (shell) => {
		test("works word for word", async () => {
			folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
			const server = await startServer();
			const client = await watch(server);
			// Where mosquitto's clients look for options of their own.
			const env = { ...process.env, XDG_CONFIG_HOME: folder };
			writeFileSync(join(folder, "mosquitto_pub"), `-p ${server.ports.mqtt}\n`);
			startDevice(server);
			const run = async () => {
				const script = Bun.spawn([...words(shell), join(HERE, "api.sh")], { env });
				expect(await within(script.exited, "the seed's script")).toBe(0);
			};
			await run();
			expect((await replies(client, 5)).map(({ op, state }) => `${op} ${state}`)).toEqual(DRAWN);
			await expectSquares(client);
			expect(client.inbox.waiting.filter(({ topic }) => topic === RESPONSES)).toEqual([]);
			await run();
			expect((await replies(client, 5)).map(reasonOrState)).toEqual([
				"ok",
				"ok",
				"link already exists",
				"link already exists",
				"`prev` field mismatch",
			]);
			await client.end();
			await server.stop();
		});
	});

	test("§13 the script first, then the device", async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
		const server = await startServer();
		const client = await watch(server);
		await runScript(server);
		startDevice(server);
		await expectSquares(client);
		await client.end();
		await server.stop();
	});

	test("after kill -9 under load data flows again by itself, and no engine is left behind", async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
		const first = await startServer();
		const client = await watch(first);
		startDevice(first);
		await runScript(first);
		await expectSquares(client);
		client.raw.end(true);
		const engines = enginesOf(first.process.pid);
		expect(engines).toHaveLength(1);
		first.process.kill("SIGKILL");
		await first.process.exited;
		const second = await startServer(first.ports);
		const later = await watch(second);
		await expectSquares(later);
		expect(engines.filter(isAlive)).toEqual([]);
		await later.end();
		await second.stop();
	});
});

function words(command: string): string[] {
	return command.split(" ");
}

function enginesOf(pid: number): number[] {
	const { stdout } = Bun.spawnSync(["pgrep", "-P", String(pid), "-f", "--", "--engine"]);
	return stdout.toString().trim().split("\n").map(Number);
}

/** Runs, or waits to be reaped by the process that adopted it: only the former counts. */
function isAlive(pid: number): boolean {
	try {
		return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}
