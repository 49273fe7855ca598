// A handler of the server that throws costs its own message, and neither the broker nor anyone else's.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { createLogger } from "../../src/kit/log.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import type { Broker, BrokerMessage } from "../../src/mqtt/port.ts";
import { brokerOptions, externalOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { describeEach, type Kind } from "../support/kinds.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { Inbox } from "../support/waiting.ts";

interface Running {
	readonly broker: Broker;
	readonly url: string;
}

const lines: string[] = [];
const cleanups: (() => Promise<void> | void)[] = [];
const log = () =>
	createLogger({ level: "debug", format: "json", write: (line) => void lines.push(line) });
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
	lines.length = 0;
});

async function embedded(): Promise<Running> {
	const broker = new EmbeddedBroker(brokerOptions(), {
		disk: new MemoryDisk(),
		authority: OPEN,
		gate: openGate,
		log: log(),
	});
	cleanups.push(() => broker.stop());
	await broker.start();
	return { broker, url: `mqtt://127.0.0.1:${broker.port}` };
}

async function external(): Promise<Running> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-guard-"));
	cleanups.push(() => rmSync(folder, { recursive: true }));
	const mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
	cleanups.push(() => mosquitto.stop());
	const broker = new ExternalBroker(externalOptions({ port: mosquitto.port }), log());
	cleanups.push(() => broker.stop());
	await broker.start();
	return { broker, url: `mqtt://127.0.0.1:${mosquitto.port}` };
}

const hasMosquitto = hasProgram("mosquitto");
const BROKERS: Kind<() => Promise<Running>>[] = [
	["embedded", embedded, true],
	["external", external, hasMosquitto],
];

/** More than the embedded broker works on at a time. */
const MANY = 10_100;
const fail = () => {
	throw new Error("a handler's own mistake");
};
const reject = async () => fail();
/** What throws need not be an Error, nor be readable as text. */
const throwOddly = () => {
	throw Object.create(null);
};

describeEach(BROKERS)("%s broker", (start) => {
	test.each<[string, (message: BrokerMessage) => unknown]>([
		["throws", fail],
		["rejects", reject],
		["throws what is not an Error", throwOddly],
	])("a handler that %s is counted and logged, and all others go on", async (_, faulty) => {
		const { broker, url } = await start();
		const heard = new Inbox<string>();
		await broker.subscribe("faulty/+", faulty);
		await broker.subscribe("sound/+", ({ payload }) => heard.add(String(Buffer.from(payload))));
		const client = await TestClient.connect(url);
		await client.subscribe("faulty/end");
		for (const qos of [0, 1] as const) {
			for (let n = 0; n < MANY; n++) {
				client.raw.publish(`faulty/${n % 7}`, "x", { qos });
				if (n % 1000 === 0) await client.publish("faulty/7", "x");
			}
		}
		await client.publish("faulty/end", "over");
		expect((await client.next("faulty/end")).text).toBe("over");
		for (const qos of [0, 1, 2] as const) {
			await client.publish("sound/1", `qos ${qos}`, { qos });
			expect(await heard.take("a message behind the faulty ones")).toBe(`qos ${qos}`);
		}
		await broker.publish("sound/2", "the server's own", { qos: 2 });
		expect(await heard.take("the server's own message")).toBe("the server's own");
		expect(broker.handlerFailures).toBeGreaterThanOrEqual(MANY);
		const told = lines.filter((line) => line.includes("handler failed"));
		expect(told.length).toBeGreaterThan(0);
		expect(told.length).toBeLessThan(100);
		expect(told[0]).toContain("faulty/");
		await client.end();
	});

	test("a faulty handler does not keep another one of the same topic from its message", async () => {
		const { broker, url } = await start();
		const heard = new Inbox<string>();
		await broker.subscribe("same/+", fail);
		await broker.subscribe("same/topic", ({ topic }) => heard.add(topic));
		await broker.subscribe("+/topic", reject);
		const client = await TestClient.connect(url);
		for (const qos of [0, 1, 2] as const) {
			await client.publish("same/topic", "x", { qos });
			expect(await heard.take("the message")).toBe("same/topic");
		}
		await client.end();
	});
});

describe.if(hasMosquitto)("external broker", () => {
	test("a faulty listener of reconnects does not keep others from hearing of one", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-guard-"));
		cleanups.push(() => rmSync(folder, { recursive: true }));
		const mosquitto = await Mosquitto.start(folder);
		cleanups.push(() => mosquitto.stop());
		const broker = new ExternalBroker(externalOptions({ port: mosquitto.port }), log());
		cleanups.push(() => broker.stop());
		const heard = new Inbox<string>();
		broker.onReconnect(fail);
		broker.onReconnect(() => heard.add("again"));
		await broker.start();
		await mosquitto.stop();
		await mosquitto.run();
		expect(await heard.take("the reconnect")).toBe("again");
		expect(broker.handlerFailures).toBe(1);
	});
});
