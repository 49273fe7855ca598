import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Packet } from "mqtt-packet";
import { createLogger } from "../../src/kit/log.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import { externalOptions } from "../support/embedded.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { StandInBroker } from "../support/stand-in-broker.ts";
import { DEADLINE_MS, Inbox, until, within } from "../support/waiting.ts";

let folder: string;
let mosquitto: Mosquitto;
let broker: ExternalBroker;
const lines = new Inbox<string>();
const heard = new Inbox<string>();
const logged = (text: string) => lines.take(text, (line) => line.includes(text));

function build(port: number, startTimeoutMs = DEADLINE_MS): ExternalBroker {
	const log = createLogger({ level: "debug", format: "json", write: (line) => lines.add(line) });
	return new ExternalBroker(externalOptions({ port, startTimeoutMs }), log);
}

const ready = hasProgram("mosquitto");
beforeEach(async () => {
	lines.clear();
	heard.clear();
	folder = mkdtempSync(join(tmpdir(), "iotctl-external-"));
	mosquitto = await Mosquitto.start(folder);
	broker = build(mosquitto.port);
});
afterEach(async () => {
	await broker.stop();
	await mosquitto.stop();
	rmSync(folder, { recursive: true });
});

/** A program that is the one client of a name. */
function single(mayReturn: () => Promise<boolean>): ExternalBroker {
	const options = externalOptions({ port: mosquitto.port, startTimeoutMs: DEADLINE_MS });
	return new ExternalBroker({ ...options, single: { clientId: "the-one", mayReturn } }, quietLog);
}

const hear = ({
	topic,
	payload,
	retained,
}: {
	topic: string;
	payload: Uint8Array;
	retained: boolean;
}) => heard.add(`${topic} ${Buffer.from(payload)}${retained ? " retained" : ""}`);

describe.if(ready)("external broker", () => {
	test("subscriptions made before and after the start hear, stored messages are told apart", async () => {
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await client.publish("early/x", "stored", { retain: true });
		await broker.subscribe("early/+", hear);
		await broker.start();
		expect(await heard.take("the stored message")).toBe("early/x stored retained");
		const unsubscribe = await broker.subscribe("late", hear);
		await client.publish("late", "live", { retain: true });
		expect(await heard.take("the live message")).toBe("late live");
		await unsubscribe();
		await client.publish("late", "unheard");
		await client.publish("early/y", "after");
		expect(await heard.take("the next message")).toBe("early/y after");
		await client.end();
	});

	test("a thousand QoS 2 messages at once all arrive, in order", async () => {
		broker = new ExternalBroker(
			externalOptions({ port: mosquitto.port, maxUnsent: 2000 }),
			createLogger({ level: "error", format: "json", write: () => {} }),
		);
		await broker.start();
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await client.subscribe("many", 0);
		const sent = Array.from({ length: 1000 }, (_, n) =>
			broker.publish("many", String(n), { qos: 2 }),
		);
		await Promise.all(sent);
		for (let n = 0; n < 1000; n++) expect((await client.next("many")).text).toBe(String(n));
		await client.end();
	});

	test("data at QoS 0 goes out at once and in order, and fails during an outage", async () => {
		await broker.start();
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await client.subscribe("odf", 0);
		for (let n = 0; n < 100; n++) expect(broker.publishData("odf", String(n), 0)).toBeUndefined();
		for (let n = 0; n < 100; n++) {
			expect(await client.next("odf")).toMatchObject({ text: String(n), qos: 0 });
		}
		await client.end();
		await mosquitto.stop();
		await logged("broker connection lost");
		await expect(broker.publishData("odf", "lost", 0) ?? Promise.resolve()).rejects.toThrow(
			"cannot reach the broker",
		);
	});

	test("messages of every QoS are heard, whether they pass MQTT.js or go through it", async () => {
		await broker.subscribe("one", hear);
		await broker.subscribe("w/+", hear);
		await broker.start();
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		const qosOf = (n: number) => (n % 3) as 0 | 1 | 2;
		for (let n = 0; n < 60; n++) {
			await client.publish(n % 2 ? "one" : `w/${n}`, `${n} ${"x".repeat(n * 40)}`, {
				qos: qosOf(n),
			});
		}
		for (let n = 0; n < 60; n++) {
			const expected = `${n % 2 ? "one" : `w/${n}`} ${n} ${"x".repeat(n * 40)}`;
			expect(await heard.take(`message ${n}`, (got) => got === expected)).toBe(expected);
		}
		await broker.subscribe("w/4", (message) => heard.add(`second handler: ${message.topic}`));
		await client.publish("w/4", "again");
		await heard.take("the filter's handler", (got) => got === "w/4 again");
		await heard.take("the topic's own handler", (got) => got === "second handler: w/4");
		await client.end();
	});

	test("something that is not a broker is told from one", async () => {
		const imposter = Bun.listen({
			hostname: "127.0.0.1",
			port: 0,
			socket: { open: (socket) => void socket.write("SSH-2.0-OpenSSH\r\n"), data: () => {} },
		});
		broker = build(imposter.port, 300);
		await broker.start();
		await logged("the peer does not speak MQTT: the first packet is not CONNACK");
		expect(broker.problem).toContain("cannot reach the broker");
		imposter.stop(true);
	});

	test("an outage is logged; afterwards subscriptions are renewed and what waited is sent", async () => {
		await broker.subscribe("in", hear);
		await broker.start();
		await mosquitto.stop();
		await logged("broker connection lost");
		const waiting = broker.publish("out", "kept", { qos: 2 });
		const others = Array.from({ length: 99 }, () => broker.publish("filler", "x", { qos: 2 }));
		await expect(broker.publish("out", "one too many", { qos: 2 })).rejects.toThrow(
			"100 messages are already waiting",
		);
		await mosquitto.run();
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await logged("broker connected");
		await logged("broker connected");
		await Promise.all([waiting, ...others]);
		await client.publish("in", "again");
		expect(await heard.take("a message after the outage")).toBe("in again");
		await client.end();
	});

	test("without a broker the start goes on, says so, and connects later", async () => {
		await mosquitto.stop();
		broker = build(mosquitto.port, 300);
		await broker.subscribe("in", hear);
		await broker.start();
		await logged("starting without it");
		await mosquitto.run();
		await logged("broker connected");
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		// Connected is not yet subscribed: repeat until one message is heard.
		await until(async () => {
			await client.publish("in", "hello");
			return heard.waiting.length > 0;
		}, "a message after the broker's start");
		expect(await heard.take("a message")).toBe("in hello");
		await client.end();
	});
});

test("what a broker has not confirmed when the connection is lost is sent again, in order", async () => {
	const standIn = await StandInBroker.start({ maxQos: 2 });
	const mine = new ExternalBroker(externalOptions({ port: standIn.port }), quietLog);
	await mine.start();
	standIn.isSilent = true;
	const sent = Array.from({ length: 60 }, (_, n) => mine.publish("t", String(n), { qos: 1 }));
	await until(() => standIn.heard.length === 20, "what may be in flight");
	standIn.isSilent = false;
	standIn.heard.length = 0;
	standIn.cutAll();
	await within(Promise.all(sent), "all confirmations");
	expect(standIn.heard).toEqual(sent.map((_, n) => `t ${n}`));
	await mine.stop();
	await standIn.stop();
});

test.if(ready)(
	"requests of several filters that end together wait for the next start",
	async () => {
		const options = externalOptions({ port: mosquitto.port, sessionId: "0123456789abcdef" });
		const topics = ["iottalk/api/req/x/device", "iottalk/api/req/x/graph/1"];
		const begin = async () => {
			const mine = new ExternalBroker(options, quietLog);
			const ends = await Promise.all(topics.map((topic) => mine.subscribe(topic, hear)));
			await mine.start();
			return { mine, ends };
		};
		const first = await begin();
		const client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		const sent = async (text: string) => {
			for (const topic of topics) await client.publish(topic, text, { qos: 1 });
		};
		await sent("1");
		for (const topic of topics) expect(await heard.take("a request")).toBe(`${topic} 1`);
		await Promise.all(first.ends.map((end) => end()));
		await sent("2");
		await first.mine.stop();
		expect(heard.waiting).toEqual([]);
		const second = await begin();
		for (const topic of topics) expect(await heard.take("what waited")).toBe(`${topic} 2`);
		await client.end();
		await second.mine.stop();
	},
);

test("a broker that cuts the connection for requests off is asked less and less often", async () => {
	const cutsOff = (clientId: string) => clientId === "iotctl0123456789abcdef";
	const standIn = await StandInBroker.start({ maxQos: 2, cutsOff });
	const options = externalOptions({ port: standIn.port, sessionId: "0123456789abcdef" });
	const said = new Inbox<string>();
	const log = createLogger({ level: "warn", format: "json", write: (line) => said.add(line) });
	const mine = new ExternalBroker({ ...options, startTimeoutMs: 1 }, log);
	await mine.start();
	await said.take("the suspicion", (line) => line.includes("a copy of this database"));
	expect(mine.problem).toBe(
		"another program uses this server's MQTT client id iotctl0123456789abcdef",
	);
	expect(standIn.clean.get("iotctl0123456789abcdef")).toBe(false);
	await mine.stop();
	await standIn.stop();
});

test("with a broker that keeps no sessions requests are heard anyway, and the log says what is lost", async () => {
	const standIn = await StandInBroker.start({ maxQos: 1, keepsNoSessions: true });
	const options = externalOptions({ port: standIn.port, sessionId: "0123456789abcdef" });
	const said = new Inbox<string>();
	const log = createLogger({ level: "warn", format: "json", write: (line) => said.add(line) });
	const mine = new ExternalBroker({ ...options, startTimeoutMs: DEADLINE_MS }, log);
	const requests = new Inbox<string>();
	await mine.subscribe("iottalk/api/req/+", ({ topic }) => requests.add(topic));
	await mine.start();
	await said.take("the warning", (line) => line.includes("will be lost"));
	expect(mine.problem).toBeUndefined();
	await mine.publish("iottalk/api/req/gui", "{}", { qos: 2 });
	expect(await requests.take("a request")).toBe("iottalk/api/req/gui");
	await mine.stop();
	await standIn.stop();
});

test("a broker that hangs does not keep the server from its end", async () => {
	const standIn = await StandInBroker.start({ maxQos: 2 });
	const options = externalOptions({ port: standIn.port, stopTimeoutMs: 100 });
	const mine = new ExternalBroker(options, quietLog);
	const unsubscribe = await mine.subscribe("iottalk/api/req/+", () => {});
	await mine.start();
	standIn.hang();
	void mine.publish("t", "never confirmed", { qos: 1 }).catch(() => {});
	const unsubscribed = unsubscribe();
	await within(mine.stop(), "the end");
	await within(unsubscribed, "the end of the connection for requests");
	await standIn.stop();
});

describe.if(ready)("a client of which there is one", () => {
	test("is disconnected by the next one, and returns only where it may", async () => {
		const asked = new Inbox<string>();
		const first = single(async () => {
			asked.add("asked");
			return false;
		});
		const next = single(async () => true);
		try {
			await first.subscribe("one/+", (message) => hear(message));
			await first.start();
			await next.start();
			await asked.take("the first one to ask");
			expect(first.problem).toContain("cannot reach the broker");
			await broker.start();
			const other = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
			await other.publish("one/x", "1");
			expect(next.problem).toBeUndefined();
			expect(heard.waiting).toEqual([]);
			await other.end();
		} finally {
			await first.stop();
			await next.stop();
		}
	});

	test("asks again when that cannot be known, and then returns", async () => {
		let isKnown = false;
		const asked = new Inbox<string>();
		const first = single(async () => {
			asked.add("asked");
			if (!isKnown) throw new Error("the database does not answer");
			return true;
		});
		const back = Promise.withResolvers<void>();
		first.onReconnect(() => back.resolve());
		const next = single(async () => false);
		try {
			await first.start();
			await next.start();
			await asked.take("it to ask");
			await asked.take("it to ask again");
			isKnown = true;
			await within(back.promise, "it to be back");
		} finally {
			await first.stop();
			await next.stop();
		}
	});

	test("that is cut sends nothing more, and ends at once", async () => {
		const one = single(async () => true);
		await one.start();
		one.cut();
		const refused = await one.publish("x", "1", { qos: 2 }).catch((error: Error) => error.message);
		expect(refused).toBe("another server does this now");
		await within(one.stop(), "its end");
	});
});

/** The answer to a SUBSCRIBE, with so many codes. */
const suback = (packet: Packet, codes: number[]) => {
	const { messageId = 0 } = packet;
	return [0x90, 2 + codes.length, messageId >> 8, messageId & 0xff, ...codes];
};
const PUBLISH_OF_QOS_3 = [0x36, 5, 0, 1, 0x74, 0, 1];
type Break = (packet: Packet) => number[] | undefined;
const at = (cmd: Packet["cmd"], bytes: (packet: Packet) => number[]): Break => {
	return (packet) => (packet.cmd === cmd ? bytes(packet) : undefined);
};

describe("a broker that breaks the standard is named once, with its address, and in its problem until it does not", () => {
	test.each<[string, Break]>([
		["the first packet is not CONNACK", at("connect", () => [...Buffer.from("HTTP/1.1 400\r\n")])],
		["CONNACK of another length", at("connect", () => [0x20, 3, 0, 0, 0])],
		["CONNACK with reserved flags", at("connect", () => [0x20, 2, 2, 0])],
		["CONNACK with code 0x63", at("connect", () => [0x20, 2, 0, 0x63])],
		["malformed packet length", at("subscribe", () => [0x90, 0xff, 0xff, 0xff, 0xff, 1])],
		["packet 0x00, which brokers do not send", at("subscribe", () => [0, 0, 0, 0])],
		["SUBACK with 2 codes for 1 filters", at("subscribe", (packet) => suback(packet, [2, 2]))],
		["SUBACK without a code", at("subscribe", (packet) => suback(packet, []))],
		["PUBLISH of QoS 3", at("subscribe", () => PUBLISH_OF_QOS_3)],
	])("%s", async (what, breaks) => {
		let isBroken = true;
		let attempts = 0;
		const standIn = await StandInBroker.start({
			maxQos: 2,
			breaks: (packet) => {
				if (packet.cmd === "connect") attempts += 1;
				return isBroken ? breaks(packet) : undefined;
			},
		});
		const { log, lines } = listenedLog();
		const options = externalOptions({ port: standIn.port, startTimeoutMs: 1 });
		const mine = new ExternalBroker(options, log);
		await mine.subscribe("in", hear);
		await mine.start();
		const address = `127.0.0.1:${standIn.port}`;
		const problem = `cannot reach the broker at ${address}: the peer does not speak MQTT: ${what}`;
		await until(() => mine.problem === problem && attempts >= 3, "the reason and further attempts");
		isBroken = false;
		await until(() => mine.problem === undefined, "a broker that works");
		const count = (text: string) => lines.waiting.filter((line) => line.includes(text));
		expect(count("breaks the MQTT standard")).toEqual([expect.stringContaining(address)]);
		expect(count("breaks the MQTT standard")).toEqual([expect.stringContaining(what)]);
		expect(count("broker connection lost")).toHaveLength(1);
		expect(mine.handlerFailures).toBe(0);
		await mine.stop();
		await standIn.stop();
	});

	test("on the connection for requests", async () => {
		const sessionId = "0123456789abcdef";
		const standIn = await StandInBroker.start({
			maxQos: 2,
			breaks: ({ cmd }, clientId) =>
				clientId === `iotctl${sessionId}` && cmd === "subscribe" ? PUBLISH_OF_QOS_3 : undefined,
		});
		const { log, lines } = listenedLog();
		const options = externalOptions({ port: standIn.port, sessionId, startTimeoutMs: 1 });
		const mine = new ExternalBroker(options, log);
		await mine.subscribe("iottalk/api/req/+", hear);
		await mine.start();
		const address = `127.0.0.1:${standIn.port}`;
		const problem = `cannot reach the broker at ${address} for requests: the peer does not speak MQTT: PUBLISH of QoS 3`;
		await until(() => mine.problem === problem, "the reason");
		await lines.take("the line", (line) => line.includes("breaks the MQTT standard"));
		await mine.publish("t", "goes on", { qos: 1 });
		await mine.stop();
		await standIn.stop();
	});
});
