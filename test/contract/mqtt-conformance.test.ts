// The ten topics of Paho's interoperability suite for MQTT 3.1.1, and what its specification says beside them,
// over TCP and WebSocket.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { IClientOptions } from "mqtt";
import { TestClient } from "../support/mqtt.ts";
import {
	connectPacket,
	field,
	number,
	packet,
	RawLink,
	type RawPacket,
} from "../support/raw-link.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";

const QOS = [0, 1, 2] as const;
const FLAGS = { dup: 8, retain: 1 };

interface Published {
	readonly topic: string;
	readonly text: string;
	readonly qos: number;
	readonly dup: boolean;
	readonly retain: boolean;
	readonly id: number;
}

/** A PUBLISH as it came. */
function published({ first, body }: RawPacket): Published {
	const qos = (first >> 1) & 3;
	const topicEnd = 2 + body.readUInt16BE(0);
	return {
		topic: body.subarray(2, topicEnd).toString(),
		text: body.subarray(topicEnd + (qos > 0 ? 2 : 0)).toString(),
		qos,
		dup: (first & FLAGS.dup) !== 0,
		retain: (first & FLAGS.retain) !== 0,
		id: qos > 0 ? body.readUInt16BE(topicEnd) : 0,
	};
}

const nextPublish = async (link: RawLink) =>
	published(await link.next(({ first }) => first >> 4 === 3, "a PUBLISH"));
const subscribe = (filter: string, qos: number, id = 1) =>
	packet(0x82, number(id), field(filter), qos);
const nothingMore = async (link: RawLink) => {
	await link.settled();
	expect(link.waiting).toEqual([]);
};

// Another broker's conformance is its own matter.
const transports = TESTS_EXTERNAL ? [] : (["TCP", "WebSocket"] as const);
describe.each(transports)("MQTT over %s", (transport) => {
	let target: Target;
	let base = "";
	beforeAll(async () => {
		target = await startTarget();
	});
	afterAll(() => target.dispose());
	const url = () => (transport === "TCP" ? target.mqtt : target.ws);
	const connect = (options: IClientOptions = {}) =>
		TestClient.connect(url(), { reconnectPeriod: 0, ...options });
	/** A topic of this test alone. */
	const fresh = (name: string) => {
		base = `${name}/${randomUUID()}`;
		return base;
	};

	test("basic: every QoS to every QoS, each once, at the lower of both", async () => {
		const topic = fresh("basic");
		const sender = await connect();
		for (const granted of QOS) {
			const reader = await connect();
			await reader.subscribe(topic, granted);
			for (const qos of QOS) await sender.publish(topic, `qos ${qos}`, { qos });
			for (const qos of QOS) {
				expect(await reader.next(topic)).toEqual({
					topic,
					text: `qos ${qos}`,
					retain: false,
					qos: Math.min(qos, granted),
				});
			}
			await reader.unsubscribe(topic);
			await sender.publish(topic, "unheard", { qos: 2 });
			await reader.publish(topic, "unheard", { qos: 2 });
			expect(reader.inbox.waiting).toEqual([]);
			await reader.end();
		}
		await sender.end();
	});

	test("retained: the last of each topic, by every kind of filter, at the QoS granted; empty ones end it", async () => {
		const topic = fresh("retained");
		const sender = await connect();
		for (const qos of QOS) {
			await sender.publish(`${topic}/${qos}`, "former", { qos, retain: true });
			await sender.publish(`${topic}/${qos}`, `qos ${qos}`, { qos, retain: true });
		}
		for (const granted of QOS) {
			for (const filter of [`${topic}/+`, `${topic}/#`, `+/${topic.slice(9)}/#`]) {
				const reader = await connect();
				await reader.subscribe(filter, granted);
				for (const qos of QOS) {
					expect(await reader.next(`${topic}/${qos}`)).toMatchObject({
						text: `qos ${qos}`,
						retain: true,
						qos: Math.min(qos, granted),
					});
				}
				expect(reader.inbox.waiting).toEqual([]);
				await reader.end();
			}
		}
		const live = await connect();
		await live.subscribe(`${topic}/live`);
		await sender.publish(`${topic}/live`, "x", { retain: true });
		// MQTT-3.3.1-9
		expect(await live.next(`${topic}/live`)).toMatchObject({ retain: false });
		for (const name of [...QOS, "live"])
			await sender.publish(`${topic}/${name}`, "", { retain: true });
		const late = await connect();
		await late.subscribe(`${topic}/#`);
		await sender.publish(`${topic}/end`, "x");
		expect(await late.inbox.take("the first message")).toMatchObject({ topic: `${topic}/end` });
		await Promise.all([sender, live, late].map((client) => client.end()));
	});

	test("offline queueing: a session keeps what is to be confirmed, in order, and nothing of QoS 0", async () => {
		const topic = fresh("offline");
		const options = { clientId: `offline-${randomUUID()}`, clean: false };
		const first = await connect(options);
		for (const qos of QOS) await first.subscribe(`${topic}/${qos}`, qos);
		await first.subscribe(`${topic}/all/+`, 2);
		await first.end();
		const sender = await connect();
		for (let n = 0; n < 20; n++) {
			await sender.publish(`${topic}/all/${n}`, String(n), { qos: QOS[n % 3] ?? 0 });
		}
		for (const qos of QOS) await sender.publish(`${topic}/${qos}`, "2", { qos: 2 });
		const back = await connect(options);
		// Of different QoS they may overtake one another: a client uses one of QoS 2 only at its release.
		for (const qos of [1, 2]) {
			const next = () => back.inbox.take("what waited", (message) => message.qos === qos);
			for (let n = qos; n < 20; n += 3) expect((await next()).text).toBe(String(n));
			expect((await next()).topic).toBe(`${topic}/${qos}`);
		}
		await sender.publish(`${topic}/1`, "live", { qos: 1 });
		expect(await back.inbox.take("a live message")).toMatchObject({ text: "live" });
		expect(back.inbox.waiting).toEqual([]);
		await back.end();
		await sender.end();
	});

	test("will: published when the connection is lost, not after DISCONNECT, retained if asked for", async () => {
		const topic = fresh("will");
		const reader = await connect();
		await reader.subscribe(`${topic}/#`);
		for (const qos of QOS) {
			const will = {
				topic: `${topic}/${qos}`,
				payload: Buffer.from("gone"),
				qos,
				retain: qos === 1,
			};
			await (await connect({ will })).end();
			(await connect({ will })).vanish();
			expect(await reader.inbox.take("the will")).toMatchObject({ topic: `${topic}/${qos}`, qos });
		}
		expect(reader.inbox.waiting).toEqual([]);
		const late = await connect();
		await late.subscribe(`${topic}/#`);
		expect(await late.inbox.take("the will")).toMatchObject({ topic: `${topic}/1`, retain: true });
		await late.publish(`${topic}/1`, "", { retain: true });
		await Promise.all([reader.end(), late.end()]);
	});

	test("will: one on a topic of the broker itself is dropped, and harms no other client", async () => {
		const reader = await connect();
		await reader.subscribe("$x/#");
		const will = { topic: "$x/y", payload: Buffer.from("gone"), qos: 2 as const, retain: true };
		(await connect({ will })).vanish();
		await reader.publish(fresh("after"), "x");
		await reader.subscribe(base);
		await reader.publish(base, "y");
		expect(await reader.inbox.take("a message")).toMatchObject({ text: "y" });
		await reader.end();
	});

	test("zero-length id: with a clean session each client has a name of its own, else CONNACK 2", async () => {
		const clients = [await RawLink.open(url()), await RawLink.open(url())];
		for (const client of clients) {
			client.send(connectPacket({ clientId: "", flags: 2 }));
			expect((await client.take(0x20)).body).toEqual(Buffer.from([0, 0]));
		}
		for (const client of clients) await client.settled();
		const kept = await RawLink.open(url());
		kept.send(connectPacket({ clientId: "", flags: 0 }));
		expect(await kept.closed()).toEqual([{ first: 0x20, body: Buffer.from([0, 2]) }]);
		for (const client of clients) client.end();
	});

	test("overlapping subscriptions: each message once, at the highest QoS of all filters that fit", async () => {
		const topic = fresh("overlapping");
		const orders = [
			[0, 1, 2],
			[2, 1, 0],
			[1, 2, 0],
			[0, 2, 1],
		] as const;
		const sender = await connect();
		for (const clean of [true, false]) {
			for (const [a, b, c] of orders) {
				const reader = await RawLink.connected(url(), {
					clientId: `overlapping-${randomUUID()}`,
					flags: clean ? 2 : 0,
				});
				const filters = [`${topic}/#`, `${topic}/+`, `${topic}/x`];
				for (const [n, qos] of [a, b, c].entries()) {
					reader.send(subscribe(filters[n] ?? "", qos, n + 1));
					await reader.take(0x90);
				}
				for (const qos of QOS) {
					await sender.publish(`${topic}/x`, "once", { qos });
					expect(await nextPublish(reader)).toMatchObject({ text: "once", qos, dup: false });
				}
				// MQTT-3.8.4-3: the same filter again changes its QoS.
				reader.send(
					subscribe(`${topic}/#`, 0, 7),
					subscribe(`${topic}/+`, 0, 8),
					subscribe(`${topic}/x`, 1, 9),
				);
				for (let n = 0; n < 3; n++) await reader.take(0x90);
				await sender.publish(`${topic}/x`, "lower", { qos: 2 });
				expect(await nextPublish(reader)).toMatchObject({ text: "lower", qos: 1 });
				await nothingMore(reader);
				reader.end();
			}
		}
		await sender.end();
	});

	test("overlapping subscriptions of a session that is away: once, at the highest QoS", async () => {
		const topic = fresh("away");
		const clientId = `away-${randomUUID()}`;
		const first = await RawLink.connected(url(), { clientId, flags: 0 });
		first.send(
			subscribe(`${topic}/#`, 1, 1),
			subscribe(`${topic}/x`, 2, 2),
			subscribe(`+/${topic.slice(5)}/+`, 1, 3),
		);
		for (let n = 0; n < 3; n++) await first.take(0x90);
		first.send(Buffer.from([0xe0, 0]));
		await first.closed();
		const sender = await connect();
		await sender.publish(`${topic}/x`, "once", { qos: 2 });
		const back = await RawLink.connected(url(), { clientId, flags: 0 });
		expect(await nextPublish(back)).toMatchObject({ text: "once", qos: 2, dup: false });
		await nothingMore(back);
		back.end();
		await sender.end();
	});

	test("keepalive: silence of one and a half times is the end, and the will is published", async () => {
		const topic = fresh("keepalive");
		const reader = await connect();
		await reader.subscribe(topic);
		const silent = await RawLink.open(url());
		const begun = performance.now();
		silent.send(
			connectPacket({
				clientId: "silent",
				flags: 6,
				keepAlive: 2,
				more: [field(topic), field("gone")],
			}),
		);
		await silent.take(0x20);
		const quiet = await RawLink.connected(url(), { clientId: "quiet" });
		expect((await reader.next(topic)).text).toBe("gone");
		expect(performance.now() - begun).toBeGreaterThan(2900);
		await silent.closed();
		await quiet.settled();
		quiet.end();
		await reader.end();
	});

	test("redelivery on reconnect: what was not confirmed comes again with DUP and its packet id", async () => {
		const topic = fresh("redelivery");
		const clientId = `redelivery-${randomUUID()}`;
		const first = await RawLink.connected(url(), { clientId, flags: 0 });
		first.send(subscribe(`${topic}/#`, 2));
		await first.take(0x90);
		const sender = await connect();
		await sender.publish(`${topic}/1`, "qos 1", { qos: 1 });
		await sender.publish(`${topic}/2`, "qos 2", { qos: 2 });
		await sender.publish(`${topic}/3`, "qos 2, received", { qos: 2 });
		await sender.publish(`${topic}/4`, "confirmed", { qos: 1 });
		const [one, two, three, four] = [
			await nextPublish(first),
			await nextPublish(first),
			await nextPublish(first),
			await nextPublish(first),
		];
		expect([one, two, three, four].map(({ dup }) => dup)).toEqual([false, false, false, false]);
		first.send(packet(0x50, number(three.id)), packet(0x40, number(four.id)));
		expect((await first.take(0x62)).body).toEqual(number(three.id));
		await first.settled();
		// The server closes: before it knows that the client is gone it would send what comes later.
		first.send(Buffer.from([0xe0, 0]));
		await first.closed();
		await sender.publish(`${topic}/5`, "later", { qos: 1 });
		for (let round = 0; round < 2; round++) {
			const back = await RawLink.open(url());
			back.send(connectPacket({ clientId, flags: 0 }));
			expect((await back.take(0x20)).body).toEqual(Buffer.from([1, 0]));
			expect(await nextPublish(back)).toEqual({ ...one, dup: true });
			expect(await nextPublish(back)).toEqual({ ...two, dup: true });
			expect((await back.take(0x62)).body).toEqual(number(three.id));
			const later = await nextPublish(back);
			expect(later).toMatchObject({ text: "later", dup: round > 0 });
			expect([one.id, two.id, three.id]).not.toContain(later.id);
			await nothingMore(back);
			if (round === 1) {
				back.send(packet(0x40, number(one.id)), packet(0x50, number(two.id)));
				back.send(packet(0x70, number(three.id)), packet(0x40, number(later.id)));
				await back.take(0x62);
				back.send(packet(0x70, number(two.id)));
				await back.settled();
			}
			back.end();
		}
		const last = await RawLink.connected(url(), { clientId, flags: 0 });
		await nothingMore(last);
		last.end();
		await sender.end();
	});

	test("redelivery: a retained message of QoS 1 that a session did not confirm comes again", async () => {
		const topic = fresh("kept");
		const clientId = `kept-${randomUUID()}`;
		const sender = await connect();
		await sender.publish(topic, "kept", { qos: 1, retain: true });
		const first = await RawLink.connected(url(), { clientId, flags: 0 });
		first.send(subscribe(topic, 1));
		const seen = await nextPublish(first);
		expect(seen).toMatchObject({ retain: true, dup: false });
		first.end();
		const back = await RawLink.connected(url(), { clientId, flags: 0 });
		expect(await nextPublish(back)).toEqual({ ...seen, dup: true });
		back.end();
		await sender.publish(topic, "", { retain: true });
		await sender.end();
	});

	test("subscribe failure: a filter that is refused is 0x80, and hears nothing, at once or later", async () => {
		const own = await startTarget({ "core-mqtt": { "max-wildcards": 1 } });
		const at = transport === "TCP" ? own.mqtt : own.ws;
		const clientId = "greedy";
		const link = await RawLink.connected(at, { clientId, flags: 0 });
		const filters: [string, number][] = [
			["a/+", 1],
			["b/#", 2],
			["c", 2],
			["d/#", 0],
		];
		link.send(packet(0x82, number(9), ...filters.flatMap(([filter, qos]) => [field(filter), qos])));
		expect((await link.take(0x90)).body).toEqual(Buffer.from([0, 9, 1, 0x80, 2, 0x80]));
		const sender = await TestClient.connect(at);
		const tell = async () => {
			for (const topic of ["b/x", "d/x", "c"]) await sender.publish(topic, topic, { qos: 2 });
		};
		await tell();
		expect(await nextPublish(link)).toMatchObject({ topic: "c", qos: 2 });
		await nothingMore(link);
		link.end();
		await tell();
		const back = await RawLink.connected(at, { clientId, flags: 0 });
		expect(await nextPublish(back)).toMatchObject({ topic: "c", dup: true });
		expect(await nextPublish(back)).toMatchObject({ topic: "c", dup: false });
		await nothingMore(back);
		back.end();
		await sender.end();
		await own.dispose();
	});

	test("$ topics: # and +/# hear none of them, and clients cannot publish there", async () => {
		const reader = await connect();
		for (const filter of ["#", "+/#", "+/broker/#"]) await reader.subscribe(filter);
		const system = await connect();
		await system.subscribe("$SYS/broker/clients/#");
		const clients = await system.next("$SYS/broker/clients/connected");
		expect(Number(clients.text)).toBeGreaterThanOrEqual(2);
		expect(clients.retain).toBe(true);
		await system.publish("$SYS/broker/uptime", "0 seconds", { retain: true });
		await system.publish(fresh("mark"), "x");
		expect(await reader.next(base)).toMatchObject({ text: "x" });
		expect(reader.inbox.waiting.filter(({ topic }) => topic.startsWith("$"))).toEqual([]);
		await Promise.all([reader.end(), system.end()]);
	});

	test("$SYS/broker/…: version, uptime, clients and messages, and nothing of the library's own", async () => {
		const system = await connect();
		const seen = new Map<string, string>();
		await system.publish(fresh("counted"), "x");
		await system.subscribe("$SYS/#");
		for (let n = 0; n < 16; n++) {
			const { topic, text } = await system.inbox.take("a topic under $SYS");
			seen.set(topic.replace("$SYS/broker/", ""), text);
		}
		expect(seen.get("version")).toMatch(/^iotctl version \d/);
		expect(seen.get("uptime")).toMatch(/^\d+ seconds$/);
		for (const name of [
			"clients/connected",
			"clients/total",
			"clients/maximum",
			"messages/received",
		]) {
			expect(Number(seen.get(name))).toBeGreaterThan(0);
		}
		expect([...seen.keys()].filter((name) => name.startsWith("$"))).toEqual([]);
		// News of the library's own would come with each of these.
		const other = await connect();
		await other.subscribe("x");
		await other.end();
		await system.publish(fresh("mark"), "x");
		await system.subscribe(base);
		await system.publish(base, "y");
		await system.next(base);
		const others = system.inbox.waiting.filter(({ topic }) => !topic.startsWith("$SYS/broker/"));
		expect(others).toEqual([]);
		await system.end();
	});

	test("session present: for a session without subscriptions too, and not for a new or a clean one", async () => {
		const clientId = `session-${randomUUID()}`;
		const flags = async (connectFlags: number) => {
			const link = await RawLink.open(url());
			link.send(connectPacket({ clientId, flags: connectFlags }));
			const { body } = await link.take(0x20);
			link.send(Buffer.from([0xe0, 0]));
			await link.closed();
			return [...body];
		};
		expect(await flags(0)).toEqual([0, 0]);
		expect(await flags(0)).toEqual([1, 0]);
		expect(await flags(2)).toEqual([0, 0]);
		expect(await flags(0)).toEqual([0, 0]);
	});

	test("MQTT-4.3.3: a QoS 2 message that is sent twice is published once, its packet id free after PUBREL", async () => {
		const topic = fresh("twice");
		const reader = await connect();
		await reader.subscribe(topic);
		const link = await RawLink.connected(url(), { clientId: `twice-${randomUUID()}` });
		const message = (text: string, dup = 0) =>
			packet(0x34 | dup, field(topic), number(5), Buffer.from(text));
		link.send(message("once"));
		await link.take(0x50);
		link.send(message("once", FLAGS.dup));
		await link.take(0x50);
		link.send(packet(0x62, number(5)));
		await link.take(0x70);
		link.send(message("again"));
		await link.take(0x50);
		for (const text of ["once", "again"]) expect((await reader.next(topic)).text).toBe(text);
		expect(reader.inbox.waiting).toEqual([]);
		link.end();
		await reader.end();
	});

	test("a client may have thousands of QoS 2 messages in flight", async () => {
		const topic = fresh("many");
		const link = await RawLink.connected(url(), { clientId: `many-${randomUUID()}` });
		const messages = Array.from({ length: 5000 }, (_, n) =>
			packet(0x34, field(topic), number(n + 1), Buffer.from("x")),
		);
		link.send(...messages);
		for (let n = 0; n < 5000; n++) await link.take(0x50);
		await link.settled();
		link.end();
	});
});
