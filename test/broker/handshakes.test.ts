// QoS 1 and 2 past aedes, packet by packet (`MQTT 3.1.1 §4.3`).
import { afterEach, describe, expect, test } from "bun:test";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { WINDOW } from "../../src/broker/packet-ids.ts";
import { brokerOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { listenedLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { connectPacket, field, number, packet, RawLink } from "../support/raw-link.ts";
import { RawClient } from "../support/raw-mqtt.ts";
import { Inbox, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0).toReversed()) await stop();
});

async function start(changes = {}) {
	const { log, lines } = listenedLog();
	const deps = { disk: new MemoryDisk(), authority: OPEN, gate: openGate, log };
	const broker = new EmbeddedBroker(brokerOptions(changes), deps);
	await broker.start();
	stops.push(() => broker.stop());
	const url = `mqtt://127.0.0.1:${broker.port}`;
	const link = async (clientId: string, fields = {}) => {
		const opened = await RawLink.connected(url, { clientId, ...fields });
		stops.push(() => opened.end());
		return opened;
	};
	const connect = async (options = {}) => {
		const client = await TestClient.connect(url, options);
		stops.push(() => client.end());
		return client;
	};
	const logged = (text: string) => lines.take(text, (line) => line.includes(text));
	return { broker, url, link, connect, logged };
}

const PERSISTENT = { flags: 0 };
const publish = (qos: number, id: number, text: string, flags = 0) =>
	packet(0x30 | (qos << 1) | flags, field("t"), number(id), Buffer.from(text));
const DUP = 8;
const RETAIN = 1;
const LONG = { ms: LONG_DEADLINE_MS };
const PUBREL = 0x62;
const subscribe = (qos: number) => packet(0x82, number(1), field("t"), qos);

describe("QoS 2 of a publisher", () => {
	test("a message that comes again before its release is delivered once, whichever way it came", async () => {
		const { link, connect } = await start();
		const reader = await connect();
		await reader.subscribe("t", 2);
		const sender = await link("sender");
		for (const flags of [0, RETAIN]) {
			sender.send(publish(2, 7, "once", flags));
			expect((await sender.take(0x50)).body).toEqual(number(7));
			for (const again of [DUP, DUP, 0]) {
				sender.send(publish(2, 7, "again", flags | again));
				expect((await sender.take(0x50)).body).toEqual(number(7));
			}
			for (let n = 0; n < 2; n++) {
				sender.send(packet(PUBREL, number(7)));
				expect((await sender.take(0x70)).body).toEqual(number(7));
			}
			sender.send(publish(2, 7, "new", flags));
			await sender.take(0x50);
			sender.send(packet(PUBREL, number(7)));
			await sender.take(0x70);
			for (const text of ["once", "new"]) expect((await reader.next("t")).text).toBe(text);
		}
		expect(reader.inbox.waiting).toEqual([]);
	});

	test("what a take-over of the client id interrupts is delivered once; with a clean session it is a new message", async () => {
		const { link, connect } = await start();
		const reader = await connect();
		await reader.subscribe("t", 2);
		for (const [fields, comesAgain] of [
			[PERSISTENT, false],
			[{ flags: 2 }, true],
		] as const) {
			const first = await link("mover", fields);
			first.send(publish(2, 9, "moved"));
			await first.take(0x50);
			const second = await link("mover", fields);
			await first.closed();
			second.send(publish(2, 9, "moved", DUP));
			await second.take(0x50);
			second.send(packet(PUBREL, number(9)), publish(1, 10, "end"));
			await second.take(0x70);
			await second.take(0x40);
			const texts = comesAgain ? ["moved", "moved", "end"] : ["moved", "end"];
			for (const text of texts) expect((await reader.next("t")).text).toBe(text);
		}
	});

	test("a client id that is taken over while its client leaves is the new client's, with what it sends", async () => {
		const { broker, url, link, connect } = await start();
		const reader = await connect();
		await reader.subscribe("t", 2);
		for (let n = 0; n < 10; n++) {
			const first = await link("roaming");
			first.send(subscribe(1));
			await first.take(0x90);
			const second = await RawLink.open(url);
			second.send(connectPacket({ clientId: "roaming" }), publish(2, 5, `${n}`));
			first.end();
			await second.take(0x50);
			await second.settled();
			second.send(publish(2, 5, "again", DUP), packet(PUBREL, number(5)));
			await second.take(0x70);
			// MQTT-3.1.4-2
			const third = await link("roaming");
			await second.closed();
			third.end();
			expect((await reader.next("t")).text).toBe(`${n}`);
		}
		expect(reader.inbox.waiting.filter(({ text }) => text === "again")).toEqual([]);
		await until(() => broker.stats.clients === 1, "the others to be gone");
	});

	test("MQTT 3.1 repeats PUBREL with DUP, and gets its PUBCOMP each time", async () => {
		const { link, connect } = await start();
		const reader = await connect();
		await reader.subscribe("t", 2);
		const sender = await link("old", { name: "MQIsdp", level: 3 });
		sender.send(publish(1, 3, "one"), publish(2, 4, "two"), publish(2, 4, "two", DUP));
		await sender.take(0x40);
		for (let n = 0; n < 2; n++) await sender.take(0x50);
		sender.send(packet(PUBREL, number(4)), packet(PUBREL | DUP, number(4)));
		for (let n = 0; n < 2; n++) expect((await sender.take(0x70)).body).toEqual(number(4));
		for (const text of ["one", "two"]) expect((await reader.next("t")).text).toBe(text);
		await sender.settled();
		expect([sender.waiting, reader.inbox.waiting]).toEqual([[], []]);
	});
});

describe("confirmations", () => {
	test("for packet ids that are not in flight do no harm, and are answered where the standard has an answer", async () => {
		const { link, connect } = await start();
		const sender = await connect();
		for (const fields of [{ flags: 2 }, PERSISTENT]) {
			const odd = await link("odd", fields);
			odd.send(subscribe(2));
			await odd.take(0x90);
			for (const first of [0x40, 0x50, PUBREL, 0x70]) odd.send(packet(first, number(4711)));
			expect((await odd.take(PUBREL)).body).toEqual(number(4711));
			expect((await odd.take(0x70)).body).toEqual(number(4711));
			await odd.settled();
			expect(odd.waiting).toEqual([]);
			await sender.publish("t", "still there", { qos: 2 });
			expect((await odd.take(0x34)).body.toString()).toContain("still there");
		}
	});

	test("are waited for in vain by a clean session that ends: nothing comes again", async () => {
		const { link, connect } = await start();
		const sender = await connect();
		const first = await link("forgetful");
		first.send(subscribe(2));
		await first.take(0x90);
		for (const qos of [1, 2] as const) await sender.publish("t", "unconfirmed", { qos });
		for (const type of [0x32, 0x34]) await first.take(type);
		first.end();
		const second = await link("forgetful");
		second.send(subscribe(2));
		await second.take(0x90);
		await sender.publish("t", "new", { qos: 1 });
		// MQTT-3.3.1-1: without DUP.
		expect((await second.take(0x32)).body.toString()).toContain("new");
		await second.settled();
		expect(second.waiting).toEqual([]);
	});
});

describe("a subscriber that confirms nothing", () => {
	test("gets as many messages as may be in flight, each with its own id, the rest when it confirms", async () => {
		const sessions = { maxSessions: 10, maxQueued: 50_000, maxQueuedBytes: 64 << 20 };
		const { broker, connect, link } = await start({ sessions });
		const others = await connect();
		await others.subscribe("end", 2);
		const readers = [await link("clean"), await link("session", PERSISTENT)];
		for (const reader of readers) {
			reader.send(subscribe(1));
			await reader.take(0x90);
		}
		const sender = await RawClient.connect({ port: broker.port, clientId: "sender" });
		stops.push(() => sender.terminate());
		const total = WINDOW + 300;
		for (let n = 0; n < total; n++) sender.publish("t", "x", 1);
		sender.publish("end", "x", 1);
		await others.next("end", LONG_DEADLINE_MS);
		for (const reader of readers) {
			const idsOf = () => reader.waiting.map(({ body }) => body.readUInt16BE(3));
			await until(() => reader.waiting.length >= WINDOW, "a full window", LONG);
			await reader.settled();
			expect([reader.waiting.length, new Set(idsOf()).size]).toEqual([WINDOW, WINDOW]);
			reader.send(...idsOf().map((id) => packet(0x40, number(id))));
			await until(() => reader.waiting.length >= total, "the rest", LONG);
			await reader.settled();
			expect(reader.waiting.length).toBe(total);
		}
	});

	test("is disconnected when more waits for it than may; others go on", async () => {
		const { broker, connect, link, logged } = await start({ maxClientQueueBytes: 20_000 });
		const other = await connect();
		await other.subscribe("end", 2);
		const silent = await link("silent");
		silent.send(subscribe(1));
		await silent.take(0x90);
		const confirmed = new Inbox<number>();
		const sender = await RawClient.connect({ port: broker.port, clientId: "sender" });
		sender.onConfirmed = () => sender.inFlight === 0 && confirmed.add(1);
		stops.push(() => sender.terminate());
		for (let sent = 0; sent < WINDOW + 4000; sent += 500) {
			for (let n = 0; n < 500; n++) sender.publish("t", "x", 1);
			// It reads, and the broker's outbox for it stays small.
			await confirmed.take("the confirmations");
		}
		await silent.closed();
		expect(await logged("confirms too slowly")).toContain('"client":"silent"');
		sender.publish("end", "x", 1);
		await other.next("end");
	});
});

test("messages of QoS 2 to a session come once each, however often its client is taken over", async () => {
	const { connect } = await start({
		sessions: { maxSessions: 10, maxQueued: 5000, maxQueuedBytes: 8 << 20 },
	});
	const options = { clientId: "wanderer", clean: false };
	const inboxes = [await connect(options)];
	await inboxes[0]?.subscribe("t", 2);
	const sender = await connect();
	const all: Promise<void>[] = [];
	for (let n = 0; n < 300; n++) {
		all.push(sender.publish("t", String(n), { qos: 2 }));
		if (n % 60 === 30) inboxes.push(await connect(options));
	}
	await Promise.all(all);
	const got = () => inboxes.flatMap(({ inbox }) => inbox.waiting.map(({ text }) => text));
	await until(() => got().includes("299"), "the last message");
	expect(got().toSorted()).toEqual(Array.from({ length: 300 }, (_, n) => String(n)).toSorted());
});

test("a keep alive is kept by messages and confirmations alone", async () => {
	const { link } = await start();
	/** @returns the longest pause between two packets, milliseconds, and whether the connection outlived its keep alive. */
	const stayBusy = async () => {
		const busy = await link("busy", { keepAlive: 1 });
		let [last, pauseMs] = [performance.now(), 0];
		const end = last + 3000;
		for (let n = 1; last < end && !busy.isClosed; n++) {
			busy.send(n % 2 === 0 ? packet(0x40, number(n)) : publish(n % 4 === 1 ? 1 : 2, n, "x"));
			// Time goes by here: this is the input, not a wait for something.
			await Bun.sleep(100);
			const now = performance.now();
			pauseMs = Math.max(pauseMs, now - last);
			last = now;
		}
		return { pauseMs, isOpen: !busy.isClosed };
	};
	let seen = await stayBusy();
	// A machine that stood still has broken the client's promise, not the broker: once more.
	for (let more = 0; !seen.isOpen && seen.pauseMs > 1000 && more < 20; more++)
		seen = await stayBusy();
	expect(seen.isOpen).toBe(true);
});
