import { afterEach, describe, expect, test } from "bun:test";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { EmbeddedBrokerOptions } from "../../src/broker/embedded-options.ts";
import type { Authority } from "../../src/broker/login.ts";
import type { StoredMessage } from "../../src/broker/session-disk.ts";
import { brokerOptions, MemoryDisk, MemorySessions, OPEN, openGate } from "../support/embedded.ts";
import { listenedLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { SilentClient } from "../support/silent-client.ts";
import { until } from "../support/waiting.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop();
});

async function start(
	sessionDisk = new MemorySessions(),
	changes: Partial<EmbeddedBrokerOptions> = {},
	authority: Authority = OPEN,
) {
	const { log, lines } = listenedLog();
	const deps = { disk: new MemoryDisk(), sessionDisk, authority, gate: openGate, log };
	const broker = new EmbeddedBroker(brokerOptions(changes), deps);
	await broker.start();
	const stop = () => broker.stop();
	stops.push(stop);
	const url = `mqtt://127.0.0.1:${broker.port}`;
	const logged = (text: string) => lines.take(text, (line) => line.includes(text));
	return { broker, sessionDisk, url, logged, lines, stop };
}

const options = (clientId: string) => ({ clientId, clean: false });

async function leaveSession(url: string, clientId: string, filter = "t") {
	const client = await TestClient.connect(url, options(clientId));
	await client.subscribe(filter, 1);
	await client.end();
}

async function publish(url: string, ...texts: string[]) {
	const client = await TestClient.connect(url);
	for (const text of texts) await client.publish("t", text, { qos: 1 });
	await client.end();
}

const message = (row: number, changes: Partial<StoredMessage> = {}): StoredMessage => ({
	row,
	clientId: "a",
	content: { topic: "t", payload: Buffer.from(String(row)) },
	qos: 1,
	retain: false,
	packetId: null,
	...changes,
});

const session = (clientId: string, used = 1, filters = [{ topic: "t", qos: 1 as const }]) => ({
	clientId,
	login: "admin",
	used,
	filters,
	received: [],
});

function diskOf(messages: StoredMessage[], ...clientIds: string[]): MemorySessions {
	const disk = new MemorySessions();
	for (const [n, id] of clientIds.entries()) disk.sessions.set(id, session(id, n + 1));
	for (const one of messages) disk.messages.set(one.row, one);
	return disk;
}

/** The messages of a session, of which there must not be more than `count`. */
async function waiting(url: string, clientId: string, count: number): Promise<string[]> {
	const client = await TestClient.connect(url, options(clientId));
	const texts: string[] = [];
	for (let n = 0; n < count; n++) texts.push((await client.next("t")).text);
	await publish(url, "new");
	expect((await client.next("t")).text).toBe("new");
	await client.end();
	return texts;
}

describe("what goes to the disk", () => {
	test("nothing for clean sessions, whatever they send and confirm", async () => {
		const { sessionDisk, url, stop } = await start();
		const client = await TestClient.connect(url);
		for (const qos of [0, 1, 2] as const) {
			await client.subscribe(`t${qos}`, qos);
			for (let n = 0; n < 50; n++) await client.publish(`t${qos}`, "x", { qos });
		}
		await client.unsubscribe("t1");
		await client.end();
		await stop();
		expect(sessionDisk.saves).toEqual([]);
	});

	test("changes alone, together, within about a second, without what was confirmed meanwhile", async () => {
		const { sessionDisk, url } = await start();
		const reader = await TestClient.connect(url, options("reader"));
		await reader.subscribe("t", 1);
		await leaveSession(url, "away");
		await publish(url, ...Array.from({ length: 30 }, (_, n) => String(n)));
		await until(() => sessionDisk.messages.size === 30, "the messages of who is away");
		const before = sessionDisk.saves.length;
		expect([...sessionDisk.messages.values()].every(({ clientId }) => clientId === "away")).toBe(
			true,
		);
		await reader.publish("other", "x", { qos: 2 });
		await publish(url, "last");
		await until(() => sessionDisk.messages.size === 31, "one more");
		const later = sessionDisk.saves.slice(before);
		expect(later.flatMap(({ messages }) => messages.map(({ row }) => row))).toHaveLength(1);
		expect(later.flatMap(({ sessions }) => [...sessions.keys()])).toEqual([]);
		await reader.end();
	});

	test("what has ended goes: confirmed messages, and sessions a clean connect ends", async () => {
		const { sessionDisk, url } = await start(diskOf([message(1), message(2)], "a", "b"));
		const client = await TestClient.connect(url, options("a"));
		await client.next("t");
		await client.next("t");
		await until(() => sessionDisk.messages.size === 0, "the end of the messages");
		await client.end();
		await (await TestClient.connect(url, { clientId: "b" })).end();
		await until(() => !sessionDisk.sessions.has("b"), "the end of the session");
		expect([...sessionDisk.sessions.keys()]).toEqual(["a"]);
	});

	test("what a full disk did not take, later", async () => {
		const { sessionDisk, url, logged } = await start(diskOf([message(1)], "a"));
		sessionDisk.broken = true;
		await publish(url, "two");
		await logged("sessions not stored yet");
		const client = await TestClient.connect(url, options("a"));
		expect((await client.next("t")).text).toBe("1");
		await client.next("t");
		await client.end();
		await publish(url, "three");
		sessionDisk.broken = false;
		await until(() => sessionDisk.messages.size === 1 && !sessionDisk.messages.has(1), "the rest");
		const [{ content } = message(0)] = sessionDisk.messages.values();
		expect(String(content?.payload)).toBe("three");
	});

	test("more than a slice is whole after the stop", async () => {
		const sessions = { maxSessions: 100, maxQueued: 5000, maxQueuedBytes: 64 << 20 };
		const { sessionDisk, url, stop } = await start(undefined, { sessions });
		await leaveSession(url, "a");
		const client = await TestClient.connect(url);
		const sent = Array.from({ length: 3000 }, (_, n) =>
			client.publish("t", n % 500 === 0 ? "y".repeat(500_000) : String(n), { qos: 1 }),
		);
		await Promise.all(sent);
		await client.end();
		await stop();
		expect(sessionDisk.messages.size).toBe(3000);
		const rows = sessionDisk.saves.map(
			({ messages, removedMessages }) => messages.length + removedMessages.length,
		);
		expect(Math.max(...rows)).toBeLessThanOrEqual(500);
		const again = await start(sessionDisk, { sessions });
		const texts = (await waiting(again.url, "a", 3000)).filter((text) => text.length < 10);
		expect(texts).toEqual(
			Array.from({ length: 3000 }, (_, n) => String(n)).filter((n) => Number(n) % 500 > 0),
		);
	});
});

describe("what is restored", () => {
	test("nothing is written for it", async () => {
		const { sessionDisk, stop } = await start(diskOf([message(5), message(7)], "a", "b"));
		await stop();
		expect(sessionDisk.saves).toEqual([]);
	});

	test("the sessions used last, where there are too many", async () => {
		const sessions = { maxSessions: 2, maxQueued: 100, maxQueuedBytes: 1 << 20 };
		const disk = diskOf([message(1), message(2, { clientId: "c" })], "a", "b", "c");
		const { url, stop } = await start(disk, { sessions });
		const [back, isPresent] = await SilentClient.connect(url, "b");
		expect(isPresent).toBe(true);
		back.vanish();
		await stop();
		expect([...disk.sessions.keys()].toSorted()).toEqual(["b", "c"]);
		expect([...disk.messages.keys()]).toEqual([2]);
	});

	test("the newest messages, where there are too many or too large ones", async () => {
		const rows = Array.from({ length: 10 }, (_, n) => message(n + 1));
		for (const sessions of [
			{ maxSessions: 9, maxQueued: 3, maxQueuedBytes: 1 << 20 },
			{ maxSessions: 9, maxQueued: 100, maxQueuedBytes: 700 },
		]) {
			const disk = diskOf(rows, "a");
			const { url, stop } = await start(disk, { sessions });
			expect(await waiting(url, "a", 3)).toEqual(["8", "9", "10"]);
			await stop();
			expect(disk.messages.size).toBe(0);
		}
	});

	test("nothing invalid: it is logged once, skipped, and removed from the disk", async () => {
		const odd: [string, Partial<StoredMessage>][] = [
			["QoS 3", { qos: 3 }],
			["QoS 0", { qos: 0 }],
			["packet id 0", { packetId: 0 }],
			["packet id 65536", { packetId: 65_536 }],
			['"an invalid topic"', { content: { topic: "a/#", payload: Buffer.from("x") } }],
			['"an invalid topic"', { content: { topic: "", payload: Buffer.from("x") } }],
			["a release without a packet id", { content: null, qos: 2 }],
			["packet id 9 a second time", { packetId: 9 }],
		];
		const disk = diskOf(
			[
				message(1, { packetId: 9 }),
				...odd.map(([, changes], n) => message(n + 2, changes)),
				message(90),
				message(91, { clientId: "nobody's" }),
				message(92, { clientId: "bad filter" }),
			],
			"a",
		);
		disk.sessions.set("bad filter", session("bad filter", 5, [{ topic: "a#", qos: 1 }]));
		disk.sessions.set("bad id", { ...session("bad id"), received: [70_000] });
		const { url, logged, lines, stop } = await start(disk);
		for (const [reason] of odd) {
			expect(await logged(reason)).toContain("stored message of a session skipped");
		}
		expect(await logged('"bad filter"')).toContain("an invalid topic filter");
		expect(await logged('"bad id"')).toContain("a packet id out of range");
		expect(lines.waiting.filter((line) => line.includes("skipped"))).toEqual([]);
		expect(await waiting(url, "a", 2)).toEqual(["1", "90"]);
		await stop();
		expect([...disk.sessions.keys()]).toEqual(["a"]);
		expect(disk.messages.size).toBe(0);
		const again = await start(disk);
		expect(again.lines.waiting.filter((line) => line.includes("skipped"))).toEqual([]);
	});

	test("with new messages numbered behind the old ones, those skipped among them", async () => {
		const disk = diskOf([message(7), message(8, { qos: 9 })], "a");
		const { url, stop } = await start(disk);
		await publish(url, "new");
		await stop();
		expect([...disk.messages.keys()]).toEqual([7, 9]);
	});

	test("no session whose login is gone, and the others for their logins only", async () => {
		const names = new Set(["ann", "bob"]);
		const authority: Authority = {
			...OPEN,
			login: async (name) => ({ kind: "device", id: name, stamp: "" }),
			remember: (principal) => (principal.kind === "device" ? principal.id : principal.name),
			recall: (name) => (names.has(name) ? { kind: "device", id: name, stamp: "" } : undefined),
		};
		const disk = diskOf([message(1), message(2, { clientId: "b" })]);
		disk.sessions.set("a", { ...session("a"), login: "ann" });
		disk.sessions.set("b", { ...session("b"), login: "bob" });
		disk.sessions.set("c", { ...session("c"), login: "carl" });
		const { broker, url, logged } = await start(disk, {}, authority);
		expect(await logged("session dropped")).toContain('"client":"c"');
		await until(() => !disk.sessions.has("c"), "the end of a session on the disk");
		const wrong = TestClient.connect(url, { ...options("a"), username: "bob" });
		expect(await wrong.then(String, String)).toContain("Identifier rejected");
		const right = await TestClient.connect(url, { ...options("a"), username: "ann" });
		expect((await right.next("t")).text).toBe("1");
		await right.end();
		names.delete("bob");
		broker.disconnectRevoked("bob");
		await until(() => disk.sessions.size === 1 && disk.messages.size === 0, "the end of b");
	});
});
