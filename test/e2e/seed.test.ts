// The seed's quick start (csm.md §13) with the compiled binary, mosquitto's tools and a paho device.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import type { Json } from "../support/gateway.ts";
import { describeEach, type Kind } from "../support/kinds.ts";
import type { TestClient } from "../support/mqtt.ts";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";
import { freePort } from "../support/ports.ts";
import { hasProgram } from "../support/programs.ts";
import {
	drawSeed,
	expectSquares,
	hasSeed,
	SEED_RESPONSES,
	seedOutput,
	seedReplies,
	startSeedDevice,
	watchSeed,
} from "../support/seed.ts";
import { type Spawned, spawnBinary } from "../support/target.ts";
import { within } from "../support/waiting.ts";

const HERE = join(import.meta.dir, "seed");
const DRAWN = ["attach ok", "add_funcs ok", "add_link ok", "add_link ok", "set_join ok"];
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

async function startServer(before?: Spawned["ports"]): Promise<Spawned> {
	const ports = before ?? { http: await freePort(), mqtt: await freePort(), ws: await freePort() };
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

function startDevice({ ports }: Spawned): void {
	children.push(startSeedDevice(ports));
}

const reasonOrState = ({ state, reason }: Json) => reason ?? state;

/** Waits for the ODF's CONNECT and checks that squares of integers come out of it. */
async function squares(client: TestClient): Promise<void> {
	await expectSquares(client, await seedOutput(client));
}

describe.if(hasSeed())("§13 the seed's quick start", () => {
	test("§13 device first, then the script; run again it changes nothing and data keeps flowing", async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
		const server = await startServer();
		const client = await watchSeed(server.ports);
		startDevice(server);
		await drawSeed(server.ports);
		expect((await seedReplies(client, 5)).map(({ op, state }) => `${op} ${state}`)).toEqual(DRAWN);
		await squares(client);
		await drawSeed(server.ports);
		expect((await seedReplies(client, 5)).map(reasonOrState)).toEqual([
			...["ok", "ok"],
			...["link already exists", "link already exists"],
			"ok",
		]);
		await squares(client);
		await client.end();
		await server.stop();
	});

	describeEach(SHELLS)("§13 the seed's own script under %s", (shell) => {
		test("works word for word", async () => {
			folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
			const server = await startServer();
			const client = await watchSeed(server.ports);
			// Where mosquitto's clients look for options of their own.
			const env = { ...process.env, XDG_CONFIG_HOME: folder };
			writeFileSync(join(folder, "mosquitto_pub"), `-p ${server.ports.mqtt}\n`);
			startDevice(server);
			const run = async () => {
				const script = Bun.spawn([...words(shell), join(HERE, "api.sh")], { env });
				expect(await within(script.exited, "the seed's script")).toBe(0);
			};
			await run();
			expect((await seedReplies(client, 5)).map(({ op, state }) => `${op} ${state}`)).toEqual(
				DRAWN,
			);
			await squares(client);
			expect(client.inbox.waiting.filter(({ topic }) => topic === SEED_RESPONSES)).toEqual([]);
			await run();
			expect((await seedReplies(client, 5)).map(reasonOrState)).toEqual([
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
		const client = await watchSeed(server.ports);
		await drawSeed(server.ports);
		startDevice(server);
		await squares(client);
		await client.end();
		await server.stop();
	});

	test("after kill -9 under load data flows again by itself, and no engine is left behind", async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-seed-"));
		const first = await startServer();
		const client = await watchSeed(first.ports);
		startDevice(first);
		await drawSeed(first.ports);
		await squares(client);
		client.raw.end(true);
		const engines = enginesOf(first.process.pid);
		expect(engines).toHaveLength(1);
		first.process.kill("SIGKILL");
		await first.process.exited;
		const second = await startServer(first.ports);
		const later = await watchSeed(second.ports);
		await squares(later);
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
