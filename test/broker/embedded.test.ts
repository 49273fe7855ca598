import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { generate } from "mqtt-packet";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { createLogger } from "../../src/kit/log.ts";
import { admission, brokerOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { TestClient } from "../support/mqtt.ts";

let broker: EmbeddedBroker;
const lines: string[] = [];
beforeAll(async () => {
	broker = new EmbeddedBroker(
		brokerOptions({
			maxPacketBytes: 100_000,
			maxClientQueueBytes: 1 << 20,
			admission: admission({ maxClients: 20, maxConnecting: 20 }),
		}),
		{
			disk: new MemoryDisk(),
			authority: OPEN,
			gate: openGate,
			log: createLogger({
				level: "debug",
				format: "json",
				write: (line) => void lines.push(line),
			}),
		},
	);
	await broker.start();
});
afterAll(() => broker.stop());

const url = () => `mqtt://127.0.0.1:${broker.port}`;
const wsUrl = (path: string) => `ws://127.0.0.1:${broker.wsPort}${path}`;

/** A raw connection that has sent CONNECT. */
async function rawClient(clientId: string, clean = true) {
	const socket = connect(broker.port, "127.0.0.1");
	await once(socket, "connect");
	socket.on("error", () => {});
	const packet = generate({
		cmd: "connect",
		protocolId: "MQTT",
		protocolVersion: 4,
		clientId,
		clean: true,
		keepalive: 0,
	});
	// mqtt-packet itself refuses to write an empty id with a session, so the flag is taken out here.
	if (!clean) packet[9] = 0;
	socket.write(packet);
	const [connack] = (await once(socket, "data")) as [Buffer];
	return { socket, returnCode: connack[3] };
}

describe("embedded broker", () => {
	test("TCP and WebSocket clients reach each other, on any WebSocket path", async () => {
		const tcp = await TestClient.connect(url());
		await tcp.subscribe("to/tcp");
		for (const path of ["/", "/mqtt", "/any/other"]) {
			const ws = await TestClient.connect(wsUrl(path));
			await ws.subscribe("to/ws");
			await tcp.publish("to/ws", path);
			expect((await ws.next("to/ws")).text).toBe(path);
			await ws.publish("to/tcp", "x".repeat(90_000));
			expect((await tcp.next("to/tcp")).text).toHaveLength(90_000);
			await ws.end();
		}
		await tcp.end();
	});

	test("a plain HTTP request on the WebSocket port is told what the port is for", async () => {
		const response = await fetch(`http://127.0.0.1:${broker.wsPort}/`);
		expect([response.status, await response.text()]).toEqual([
			426,
			expect.stringContaining("WebSocket"),
		]);
	});

	test("one subscriber that stops reading is dropped; the others get everything", async () => {
		const stuck = await rawClient("stuck");
		stuck.socket.write(
			generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "flood", qos: 0 }] }),
		);
		await once(stuck.socket, "data");
		stuck.socket.pause();
		const reader = await TestClient.connect(url());
		await reader.subscribe("flood", 0);
		const publisher = await TestClient.connect(url());
		const payload = "x".repeat(10_000);
		for (let n = 0; n < 2000; n++) publisher.raw.publish("flood", `${n} ${payload}`);
		for (let n = 0; n < 2000; n++) expect((await reader.next("flood")).text).toStartWith(`${n} `);
		expect(lines.join("")).toMatch(/"client":"stuck".*reads too slowly/);
		stuck.socket.destroy();
		await Promise.all([reader.end(), publisher.end()]);
	});

	test("a packet over the limit costs its sender the connection", async () => {
		const { socket } = await rawClient("big");
		const gone = new Promise((resolve) => socket.once("close", resolve));
		socket.write(
			generate({
				cmd: "publish",
				topic: "t",
				payload: Buffer.alloc(200_000),
				qos: 0,
				retain: false,
				dup: false,
			}),
		);
		await gone;
		expect(lines.join("")).toMatch(/"client":"big".*over the limit of 100000/);
	});

	test("a session to come back to needs a client id", async () => {
		expect((await rawClient("", false)).returnCode).toBe(2);
		expect((await rawClient("", true)).returnCode).toBe(0);
	});

	test("connections over the limit are refused, and free places are given again", async () => {
		const sockets = Array.from({ length: 30 }, () => connect(broker.port, "127.0.0.1"));
		const refused = sockets.map((socket) =>
			once(socket, "close").then(
				() => 1,
				() => 1,
			),
		);
		await Promise.any(refused);
		for (const socket of sockets) socket.destroy();
		await Promise.all(refused);
		await (await TestClient.connect(url())).end();
		expect(lines.join("")).toContain("max-clients reached");
	});

	test("the server's own subscriptions hear live messages with their publisher", async () => {
		const heard = Promise.withResolvers<string>();
		const unsubscribe = await broker.subscribe("own/+", ({ topic, payload, clientId, retained }) =>
			heard.resolve(`${topic} ${Buffer.from(payload)} ${clientId} ${retained}`),
		);
		const client = await TestClient.connect(url(), { clientId: "lamp-1" });
		await client.publish("own/x", "hello", { retain: true });
		expect(await heard.promise).toBe("own/x hello lamp-1 false");
		await unsubscribe();
		await client.end();
	});
});
