import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { EmbeddedBrokerOptions } from "../../src/broker/embedded-options.ts";
import { admission, brokerOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { listenedLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { until, within } from "../support/waiting.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop();
});

async function start(changes: Partial<EmbeddedBrokerOptions> = {}, disk = new MemoryDisk()) {
	const { log, lines } = listenedLog();
	const broker = new EmbeddedBroker(brokerOptions(changes), {
		disk,
		authority: OPEN,
		gate: openGate,
		log,
	});
	await broker.start();
	stops.push(() => broker.stop());
	const url = `mqtt://127.0.0.1:${broker.port}`;
	const logged = (text: string) => lines.take(text, (line) => line.includes(text));
	return { broker, disk, url, logged };
}

const closed = (socket: Socket) => {
	const { promise, resolve } = Promise.withResolvers<void>();
	socket.once("close", () => resolve());
	return within(promise, "the end of a connection");
};

describe("embedded broker within its limits", () => {
	test("retained messages survive a restart", async () => {
		const { broker, disk, url } = await start();
		const client = await TestClient.connect(url);
		await client.publish("kept/x", "still here", { retain: true, qos: 1 });
		await client.end();
		await broker.stop();
		const again = await start({}, disk);
		const reader = await TestClient.connect(again.url);
		await reader.subscribe("kept/#");
		expect(await reader.next("kept/x")).toMatchObject({ text: "still here", retain: true, qos: 1 });
		await reader.end();
	});

	test("a message that cannot be retained is delivered and its client named", async () => {
		const retained = { maxMessages: 1, maxBytes: 1000, isRetained: () => true, isKept: () => true };
		const { url, logged } = await start({ retained });
		const client = await TestClient.connect(url, { clientId: "hoarder" });
		await client.subscribe("#");
		for (const topic of ["a", "b"]) await client.publish(topic, "x", { retain: true });
		await client.next("b");
		expect(await logged("not retained")).toContain('"client":"hoarder"');
		await client.end();
	});

	test("a persistent session gets what it missed, the newest of it, after its client came back", async () => {
		const sessions = { maxSessions: 10, maxQueued: 5, maxQueuedBytes: 1 << 20 };
		const { url, logged } = await start({ sessions });
		const options = { clientId: "sleeper", clean: false };
		const before = await TestClient.connect(url, options);
		await before.subscribe("news", 2);
		await before.end();
		const publisher = await TestClient.connect(url);
		for (let n = 0; n < 8; n++) {
			await publisher.publish("news", String(n), { qos: 2 });
		}
		expect(await logged("oldest message of an offline queue dropped")).toContain("sleeper");
		const after = await TestClient.connect(url, options);
		for (let n = 3; n < 8; n++) expect((await after.next("news")).text).toBe(String(n));
		await publisher.publish("news", "live");
		expect((await after.next("news")).text).toBe("live");
		await Promise.all([after.end(), publisher.end()]);
		const third = await TestClient.connect(url, options);
		await third.publish("news", "nothing old comes twice");
		expect((await third.next("news")).text).toBe("nothing old comes twice");
		await third.end();
	});

	test("the least recently used session is evicted, one in use is not", async () => {
		const sessions = { maxSessions: 2, maxQueued: 5, maxQueuedBytes: 1 << 20 };
		const { url, logged } = await start({ sessions });
		const open = (clientId: string) => TestClient.connect(url, { clientId, clean: false });
		const present = await open("present");
		await present.subscribe("t");
		const first = await open("first");
		await first.subscribe("t");
		await first.end();
		const second = await open("second");
		expect(await logged("session evicted")).toContain('"client":"first"');
		await present.publish("t", "heard");
		await present.next("t");
		await Promise.all([present.end(), second.end()]);
	});

	test("subscriptions over the limits are refused one by one, and free places are given again", async () => {
		const subscriptions = { maxPerClient: 3, maxWildcards: 1, maxTotal: 4 };
		const { url, logged } = await start({ subscriptions });
		const client = await TestClient.connect(url, { clientId: "curious" });
		const ask = async (filter: string) => {
			const [granted] = await client.raw.subscribeAsync(filter).catch(() => []);
			return granted !== undefined && granted.qos < 128;
		};
		expect(await ask("a/+")).toBe(true);
		expect(await ask("b/#")).toBe(false);
		expect(await logged("max-wildcards reached")).toContain('"client":"curious"');
		expect([await ask("c"), await ask("d"), await ask("e")]).toEqual([true, true, false]);
		await client.unsubscribe("c");
		expect([await ask("e"), await ask("f")]).toEqual([true, false]);
		const other = await TestClient.connect(url);
		await other.subscribe("x");
		await expect(other.raw.subscribeAsync("y")).rejects.toThrow();
		await logged("max-subscriptions-total reached");
		await client.end();
		await other.subscribe("z");
		await other.end();
	});

	test("a client that sends no CONNECT is dropped after a time, or when others need its place", async () => {
		const limits = { admission: admission({ maxConnecting: 2 }) };
		const { broker, url, logged } = await start({ ...limits, connectTimeoutMs: 2000 });
		const open = () => connect(broker.port, "127.0.0.1").on("error", () => {});
		const slow = open();
		const gone = closed(slow);
		await once(slow, "connect");
		slow.write(Buffer.from([0x10]));
		const others = [open(), open()];
		const allGone = Promise.all(others.map(closed));
		await gone;
		await logged("max-connecting reached");
		await (await TestClient.connect(url)).end();
		await allGone;
		await logged("connect did not arrive in time");
	});

	test("at the limit a client is accepted as long as another one has not sent CONNECT", async () => {
		const { broker, url } = await start({
			admission: admission({ maxClients: 3, maxConnecting: 3 }),
		});
		const idle = Array.from({ length: 3 }, () => connect(broker.port, "127.0.0.1"));
		for (const socket of idle) socket.on("error", () => {});
		await Promise.all(idle.map((socket) => once(socket, "connect")));
		const client = await TestClient.connect(url);
		await client.subscribe("t");
		await client.end();
		for (const socket of idle) socket.destroy();
	});

	test("an address has so many connections, and no more", async () => {
		const { broker, url, logged } = await start({ admission: admission({ maxPerAddress: 2 }) });
		const held = [await TestClient.connect(url), await TestClient.connect(url)];
		await closed(connect(broker.port, "127.0.0.1").on("error", () => {}));
		expect(await logged("max-clients-per-address reached")).toContain('"address":"127.0.0.1"');
		await held[0]?.end();
		// The client has left before the broker hears of it.
		await until(() => broker.stats.clients === 1, "the place to be free again");
		await (await TestClient.connect(url)).end();
		await held[1]?.end();
	});

	test("an address that connects without end is delayed, served nevertheless, and does not delay others", async () => {
		const many = { maxClients: 300, maxPerAddress: 300, maxConnecting: 300 };
		const { broker, url, logged } = await start({
			admission: admission({ ...many, perSecond: 10 }),
		});
		const other = await TestClient.connect(url);
		await other.subscribe("t");
		// At once, so that a slow machine does not give them their turns meanwhile.
		const crowd = Array.from({ length: 130 }, () => connect(broker.port, "127.0.0.1"));
		for (const socket of crowd) socket.on("error", () => {});
		const last = TestClient.connect(url);
		expect(await logged("rate limit (connects-per-second)")).toContain('"address":"127.0.0.1"');
		await other.publish("t", "meanwhile");
		await other.next("t");
		await (await last).end();
		for (const socket of crowd) socket.destroy();
		await other.end();
	});
});
