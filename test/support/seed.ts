// The seed's quick start (csm.md §13): its device with paho, the script that draws its graph, and what comes out of it.
import { expect } from "bun:test";
import { join } from "node:path";
import type { Subprocess } from "bun";
import type { Json } from "./gateway.ts";
import { TestClient } from "./mqtt.ts";
import { hasProgram } from "./programs.ts";
import { within } from "./waiting.ts";

const GRAPH = join(import.meta.dir, "../../examples/seed/graph.sh");
const SEED_DEVICE = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
/** Its graph, as `CLIENT/GRAPH`. */
export const SEED_GRAPH = "gui/1";
export const SEED_RESPONSES = "iottalk/api/res/gui/graph/1";
// Debian's interpreter: that is where its paho and requests are.
const PYTHON = "/usr/bin/python3";
const SQUARES = 200;

/** Whether this machine has what it needs. */
export const hasSeed = () =>
	hasProgram(PYTHON, "-c", "import paho.mqtt.client, requests") && hasProgram("mosquitto_pub");

/** Where a server is; `mqtt` is its broker. */
export interface SeedPorts {
	readonly http: number;
	readonly mqtt: number;
}

/** Begins the device, which goes on until it is killed. */
export function startSeedDevice({ http, mqtt }: SeedPorts): Subprocess {
	const device = join(import.meta.dir, "../e2e/seed/device.py");
	const url = `http://127.0.0.1:${http}/${SEED_DEVICE}`;
	return Bun.spawn([PYTHON, device, url, String(mqtt)], { stderr: "inherit" });
}

/** Draws the graph; again, it changes nothing. */
export async function drawSeed({ mqtt }: Pick<SeedPorts, "mqtt">, ms?: number): Promise<void> {
	const script = Bun.spawn(["sh", GRAPH, "-p", String(mqtt)], { stderr: "pipe" });
	const said = await new Response(script.stderr).text();
	expect([await within(script.exited, "the graph script", ms), said]).toEqual([0, ""]);
}

/** Hears the replies to requests on the graph, and what the device is told. */
export async function watchSeed({ mqtt }: Pick<SeedPorts, "mqtt">): Promise<TestClient> {
	const client = await TestClient.connect(`mqtt://127.0.0.1:${mqtt}`);
	await client.subscribe(SEED_RESPONSES);
	await client.subscribe(`${SEED_DEVICE}/ctrl/o`);
	return client;
}

/** The next replies to requests on the graph. */
export async function seedReplies(client: TestClient, count: number): Promise<Json[]> {
	const taken = [];
	while (taken.length < count) taken.push(await client.nextJson(SEED_RESPONSES));
	return taken;
}

/** Waits for the ODF's CONNECT. @returns its topic. */
export async function seedOutput(client: TestClient): Promise<string> {
	const isOdf = ({ topic, text }: { topic: string; text: string }) =>
		topic === `${SEED_DEVICE}/ctrl/o` && JSON.parse(text).odf === "meow";
	const { topic } = JSON.parse((await client.inbox.take("the ODF's CONNECT", isOdf)).text);
	return topic;
}

/** Checks that squares of integers come out of an output. */
export async function expectSquares(client: TestClient, topic: string, ms?: number): Promise<void> {
	// Before the join is set the plain number passes, and most are not squares of integers.
	const isSquare = (text: string) => Number.isInteger(Math.sqrt(JSON.parse(text)[0]));
	const squares: number[] = [];
	const { promise, resolve } = Promise.withResolvers<void>();
	const take = (from: string, payload: Buffer) => {
		if (from !== topic) return;
		if (!isSquare(payload.toString())) squares.length = 0;
		else if (squares.push(JSON.parse(payload.toString())[0]) === SQUARES) resolve();
	};
	client.raw.on("message", take);
	await client.raw.subscribeAsync(topic, { qos: 0 });
	await within(promise, `${SQUARES} squares in a row`, ms);
	expect(Math.max(...squares)).toBeLessThanOrEqual(99 * 99);
	await client.raw.unsubscribeAsync(topic);
	client.raw.off("message", take);
}
