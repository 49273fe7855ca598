// What sessions keep for clients that are away, and for whom they keep it.
import { afterEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { Authority } from "../../src/broker/login.ts";
import { brokerOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";

let broker: EmbeddedBroker;
afterEach(() => broker.stop());

async function start(authority: Authority = OPEN): Promise<string> {
	const sessions = { maxSessions: 100, maxQueued: 5000, maxQueuedBytes: 64 << 20 };
	broker = new EmbeddedBroker(brokerOptions({ sessions, maxClientQueueBytes: 1 << 20 }), {
		disk: new MemoryDisk(),
		authority,
		gate: openGate,
		log: quietLog,
	});
	await broker.start();
	return `mqtt://127.0.0.1:${broker.port}`;
}

describe("sessions", () => {
	test("what a client may not hear any more when it comes back is not given to it", async () => {
		let allowed = ["kept", "revoked"];
		const url = await start({ ...OPEN, maySubscribe: (_, filter) => allowed.includes(filter) });
		const options = { clientId: "device", clean: false, reconnectPeriod: 0 };
		const device = await TestClient.connect(url, options);
		for (const topic of allowed) await device.subscribe(topic, 2);
		await device.end();
		const sender = await TestClient.connect(url);
		for (const topic of allowed) await sender.publish(topic, "while it was away", { qos: 2 });
		allowed = ["kept"];
		const back = await TestClient.connect(url, options);
		expect(await back.inbox.take("what waited")).toMatchObject({ topic: "kept" });
		await sender.publish("revoked", "live", { qos: 2 });
		await sender.publish("kept", "live", { qos: 2 });
		expect(await back.inbox.take("a live message")).toMatchObject({ topic: "kept", text: "live" });
		await back.end();
		// The session has forgotten the filter too.
		await sender.publish("revoked", "away again", { qos: 2 });
		allowed = ["kept", "revoked"];
		const last = await TestClient.connect(url, options);
		await sender.publish("kept", "end", { qos: 2 });
		expect(await last.inbox.take("a message")).toMatchObject({ topic: "kept", text: "end" });
		await Promise.all([last.end(), sender.end()]);
	});

	test("what was published to be retained while a client was away comes to it as any other message", async () => {
		const url = await start();
		const options = { clientId: "away", clean: false, reconnectPeriod: 0 };
		const away = await TestClient.connect(url, options);
		await away.subscribe("t", 1);
		await away.end();
		const sender = await TestClient.connect(url);
		await sender.publish("t", "meanwhile", { qos: 1, retain: true });
		const back = await TestClient.connect(url, options);
		// MQTT-3.3.1-9
		expect(await back.next("t")).toMatchObject({ text: "meanwhile", retain: false });
		await back.unsubscribe("t");
		await back.subscribe("t", 1);
		expect(await back.next("t")).toMatchObject({ text: "meanwhile", retain: true });
		await Promise.all([back.end(), sender.end()]);
	});

	test("more than may wait for a client at once comes anyway, newer messages behind it", async () => {
		const url = await start();
		const options = { clientId: `large-${randomUUID()}`, clean: false, reconnectPeriod: 0 };
		const reader = await TestClient.connect(url, options);
		await reader.subscribe("t/#", 1);
		await reader.end();
		const sender = await TestClient.connect(url);
		const payload = "x".repeat(100_000);
		for (let n = 0; n < 60; n++) await sender.publish("t/x", `${n} ${payload}`, { qos: 1 });
		const back = await TestClient.connect(url, options);
		for (let n = 60; n < 80; n++) await sender.publish("t/x", `${n} ${payload}`, { qos: 1 });
		for (let n = 0; n < 80; n++) expect((await back.next("t/x")).text).toStartWith(`${n} `);
		expect(back.inbox.waiting).toEqual([]);
		await Promise.all([back.end(), sender.end()]);
	});

	test("retained messages beyond what may wait for a client come anyway", async () => {
		const url = await start();
		const sender = await TestClient.connect(url);
		const payload = "x".repeat(90_000);
		for (let n = 0; n < 11; n++) await sender.publish(`r/${n}`, payload, { retain: true, qos: 1 });
		const readers = [
			await TestClient.connect(url),
			await TestClient.connect(`ws://127.0.0.1:${broker.wsPort}`),
		];
		for (const reader of readers) {
			for (const filter of ["r/#", "r/+"]) await reader.subscribe(filter, 0);
			for (let n = 0; n < 22; n++) await reader.inbox.take("a retained message");
			await reader.end();
		}
		await sender.end();
	});
});
