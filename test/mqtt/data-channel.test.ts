import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BrokenRules } from "../../src/mqtt/broken-rules.ts";
import { DataChannel, type DataChannelOptions } from "../../src/mqtt/data-channel.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";
import { SubscriptionGrants } from "../../src/mqtt/subscription-grants.ts";
import { HandBroker } from "../support/hand-broker.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { Inbox, until } from "../support/waiting.ts";

const ID = "0123456789abcdef";
let broker: HandBroker;
let channel: DataChannel;
let grants: SubscriptionGrants;
const heard = new Inbox<BrokerMessage>();
const { log, lines } = listenedLog();
beforeEach(async () => {
	broker = await HandBroker.start();
	heard.clear();
	lines.clear();
	ready.clear();
});
afterEach(async () => {
	channel.close();
	await broker.stop();
});

/** A channel that hears the topic `in`. */
async function build(changes: Partial<DataChannelOptions> = {}): Promise<void> {
	const login = { username: "u", password: "p", clientName: "csm" };
	const options: DataChannelOptions = {
		sessionId: ID,
		qos: 2,
		limits: { maxUnsent: 10 },
		connection: (at) => ({
			...{ ...at, ...login, scheme: "mqtt", ca: undefined, connectTimeoutMs: 5000 },
		}),
		...changes,
	};
	grants = new SubscriptionGrants(quietLog);
	channel = new DataChannel(options, {
		log,
		broken: new BrokenRules(log),
		grants,
		onReady: () => ready.add("ready"),
	});
	// A payload is valid only during the call.
	await channel.subscribe("in", (message) =>
		heard.add({ ...message, payload: Buffer.from(message.payload) }),
	);
}
/** For connections that are to be given up soon. */
const QUICKLY_MS = 300;
const quickly: DataChannelOptions["connection"] = (at) => ({
	...{ ...at, username: "", password: "", clientName: "csm" },
	...{ scheme: "mqtt", ca: undefined, connectTimeoutMs: QUICKLY_MS },
});
const ready = new Inbox<string>();
const open = () => channel.open({ host: "127.0.0.1", port: broker.port });
async function opened(changes: Partial<DataChannelOptions> = {}): Promise<void> {
	await build(changes);
	open();
	await ready.take("a channel that is ready");
}
const take = async () => {
	const message = await heard.take("a message");
	return { text: Buffer.from(message.payload).toString(), qos: message.qos, done: message.done };
};

describe("the channel for data", () => {
	test("keeps a session of its own and subscribes to all topics at QoS 2", async () => {
		await opened();
		const { clientId, clean, username } = await broker.next("connect");
		expect([clientId, clean, username]).toEqual([`iotctl${ID}d`, false, "u"]);
		const { subscriptions } = await broker.next("subscribe");
		expect(subscriptions).toMatchObject([{ topic: "in", qos: 2 }]);
		expect(channel.problem).toBeUndefined();
		await channel.subscribe("later", () => {});
		const later = await broker.next("subscribe");
		expect(later.subscriptions).toMatchObject([{ topic: "later", qos: 2 }]);
	});

	test.each<[string, Partial<DataChannelOptions>]>([
		["at QoS 0", { qos: 0 }],
		["of a database in memory", { sessionId: undefined }],
	])("data %s has no session", async (_, changes) => {
		await opened(changes);
		expect((await broker.next("connect")).clean).toBe(true);
	});

	test("a message is acknowledged behind its results, in the same stream", async () => {
		await opened();
		broker.publish("in", "zero", 0);
		expect(await take()).toEqual({ text: "zero", qos: 0, done: undefined });
		broker.publish("in", "one", 1, 5);
		broker.publish("in", "two", 2, 6);
		const [one, two] = [await take(), await take()];
		expect([one.qos, two.qos]).toEqual([1, 2]);
		void channel.publish("out", "[1]", 1);
		one.done?.();
		expect(channel.publish("out", "[2]", 0)).toBeUndefined();
		two.done?.();
		const order: unknown[] = [];
		for (let n = 0; n < 4; n++) {
			const fits = ({ cmd }: { cmd: string }) => cmd.startsWith("pub");
			const packet = await broker.heard.take("an answer", fits);
			order.push(packet.cmd === "publish" ? String(packet.payload) : packet.cmd);
		}
		expect(order).toEqual(["[1]", "puback", "[2]", "pubrec"]);
		broker.send({ cmd: "pubrel", messageId: 6 });
		expect((await broker.next("pubcomp")).messageId).toBe(6);
	});

	test("a message that takes long is acknowledged anyway, and counted", async () => {
		await opened();
		broker.publish("in", "slow", 1, 5);
		await take();
		expect((await broker.next("puback")).messageId).toBe(5);
		expect(channel.acknowledgedEarly).toBe(1);
	});

	test("while it is held nothing is connected to, and nothing is read", async () => {
		await build();
		channel.hold(true);
		open();
		await ready.take("that no one waits for it");
		expect(channel.problem).toBeUndefined();
		expect(broker.heard.waiting).toEqual([]);
		channel.hold(false);
		await ready.take("a channel that is ready");
		channel.hold(true);
		broker.publish("in", "held", 1, 1);
		channel.hold(false);
		expect((await take()).text).toBe("held");
	});

	test("what comes at the end stays with the broker, what was done is acknowledged", async () => {
		await opened();
		broker.publish("in", "worked on", 1, 1);
		const { done } = await take();
		channel.finish();
		broker.publish("in", "too late", 1, 2);
		broker.send({ cmd: "pubrel", messageId: 9 });
		await broker.next("pubcomp");
		done?.();
		await channel.unsubscribe("in", () => {});
		const left = channel.leave();
		await broker.next("disconnect");
		await left;
		expect(heard.waiting).toEqual([]);
		const said = broker.heard.waiting.map((packet) => packet.cmd);
		expect(said.filter((cmd) => cmd === "puback")).toHaveLength(1);
		expect(said).not.toContain("unsubscribe");
	});

	test("a topic that the session has from a link that is gone is unsubscribed, its message acknowledged", async () => {
		await opened();
		broker.publish("gone", "x", 1, 3);
		expect((await broker.next("puback")).messageId).toBe(3);
		expect((await broker.next("unsubscribe")).unsubscriptions).toEqual(["gone"]);
	});

	test("after a lost connection what was in work is not worked on twice, and acknowledged then", async () => {
		await opened();
		broker.publish("in", "once", 2, 5);
		const { done } = await take();
		// At QoS 2 also where this takes longer than 100 ms.
		broker.hadSession = true;
		broker.cut();
		await ready.take("the next connection");
		broker.publish("in", "once", 2, 5, true);
		broker.publish("in", "next", 2, 6);
		expect((await take()).text).toBe("next");
		done?.();
		expect((await broker.next("pubrec")).messageId).toBe(5);
	});

	test("after a lost connection another message under its packet id is worked on, though the broker calls it a repetition", async () => {
		await opened();
		broker.publish("in", "once", 1, 5);
		const { done } = await take();
		broker.hadSession = true;
		broker.cut();
		await ready.take("the next connection");
		broker.publish("in", "another", 1, 5, true);
		const another = await take();
		expect(another.text).toBe("another");
		done?.();
		another.done?.();
		expect((await broker.next("puback")).messageId).toBe(5);
	});

	test.each<[string, 1 | 2]>([
		["is released before anything is sent", 2],
		["is nothing to a broker without QoS 2, which may not understand it", 1],
	])(
		"in a session that was kept, what a process before this one has sent %s",
		async (_, granted) => {
			broker.hadSession = true;
			broker.isSilent = true;
			await build();
			open();
			await broker.next("connect");
			broker.send({ cmd: "connack", returnCode: 0, sessionPresent: true });
			await broker.next("subscribe");
			broker.publish("in", "kept", 2, 5);
			const { done } = await take();
			void channel.publish("out", "[1]", 2);
			done?.();
			broker.send({ cmd: "suback", messageId: 65_000, granted: [granted] });
			expect((await broker.next("publish")).qos).toBe(granted);
			const order = broker.heard.waiting.map(({ cmd }) => cmd);
			expect(order.filter((cmd) => cmd === "pubrel")).toHaveLength(granted === 2 ? 60 : 0);
			await broker.next("pubrec");
		},
	);

	test("in a session that was kept, results do not wait for its SUBACK where another connection has had one", async () => {
		broker.hadSession = true;
		broker.isSilent = true;
		await build();
		grants.take(["requests"], [2], "host");
		open();
		await broker.next("connect");
		broker.send({ cmd: "connack", returnCode: 0, sessionPresent: true });
		broker.publish("in", "kept", 2, 5);
		const { done } = await take();
		void channel.publish("out", "[1]", 2);
		done?.();
		expect((await broker.next("publish")).qos).toBe(2);
		await broker.next("pubrec");
		expect(channel.acknowledgedEarly).toBe(0);
	});

	test("a session that the broker has lost is told, and everything is subscribed to again", async () => {
		await opened();
		await broker.next("subscribe");
		broker.cut();
		await lines.take("the warning", (line) => line.includes("has lost the session for data"));
		expect((await broker.next("subscribe")).subscriptions).toMatchObject([{ topic: "in" }]);
	});

	test("a broker that breaks the standard is named once, and connected to again", async () => {
		await opened();
		for (let times = 0; times < 2; times++) {
			broker.sendBytes(0x36, 5, 0, 1, 0x74, 0, 1);
			await ready.take("the next connection");
		}
		broker.send({ cmd: "puback", messageId: 99 });
		broker.publish("in", "still", 0);
		expect((await take()).text).toBe("still");
		const named = lines.waiting.filter((line) => line.includes("breaks the MQTT standard"));
		expect(named).toEqual([expect.stringContaining("PUBLISH of QoS 3")]);
	});

	test("a broker that keeps no sessions gets a clean one, and the log says what that costs", async () => {
		broker.returnCode = 2;
		await build();
		open();
		await lines.take("the warning", (line) => line.includes("will be lost"));
		broker.returnCode = 0;
		await ready.take("a channel that is ready");
		await until(
			() =>
				broker.heard.waiting.some((packet) => packet.cmd === "connect" && packet.clean === true),
			"a clean session",
		);
	});

	test("a refusal is the reason in its problem", async () => {
		broker.returnCode = 5;
		await build();
		open();
		await until(() => channel.problem?.endsWith("not authorized") === true, "the reason");
	});

	test("messages of a topic that stands still are acknowledged before those behind them are handed over", async () => {
		await opened();
		const early: number[] = [];
		await channel.subscribe("other", ({ done }) => {
			early.push(channel.acknowledgedEarly);
			done?.();
		});
		broker.publish("other", "x", 1, 20);
		for (let id = 1; id <= 19; id++) broker.publish("in", "stuck", 1, id);
		expect((await broker.next("puback")).messageId).toBe(20);
		for (let id = 1; id <= 19; id++) expect((await broker.next("puback")).messageId).toBe(id);
		for (let id = 1; id <= 19; id++) broker.publish("in", "stuck", 1, id);
		broker.publish("other", "x", 1, 20);
		for (let id = 1; id <= 20; id++) expect((await broker.next("puback")).messageId).toBe(id);
		expect([early, channel.acknowledgedEarly]).toEqual([[0, 38], 38]);
	});

	test("a connection that is not accepted yet when data is held is accepted anyway", async () => {
		broker.isSilent = true;
		await build({ connection: quickly });
		open();
		await broker.next("connect");
		channel.hold(true);
		broker.send({ cmd: "connack", returnCode: 0, sessionPresent: false });
		await broker.next("subscribe");
		broker.send({ cmd: "suback", messageId: 65_000, granted: [2] });
		broker.publish("in", "held", 0);
		await Bun.sleep(2 * QUICKLY_MS);
		expect(heard.waiting).toEqual([]);
		channel.hold(false);
		await ready.take("a channel that is ready");
		expect((await take()).text).toBe("held");
		expect(broker.heard.waiting).toEqual([]);
	});

	test("a packet of which a lost connection brought one half is nothing to the next one", async () => {
		await opened();
		const message = Buffer.from([0x30, 8, 0, 2, 0x69, 0x6e, ...Buffer.from("half")]);
		broker.sendBytes(...message, ...message.subarray(0, 7));
		expect((await take()).text).toBe("half");
		broker.cut();
		await ready.take("the next connection");
		broker.sendBytes(...message.subarray(0, 7));
		broker.sendBytes(...message.subarray(7));
		expect((await take()).text).toBe("half");
		expect(lines.waiting.filter((line) => line.includes("breaks the MQTT standard"))).toEqual([]);
	});

	test("a SUBACK with too many codes ends the connection", async () => {
		broker.granted = [2, 2];
		await build();
		open();
		await lines.take("the line", (line) => line.includes("SUBACK with 2 codes for 1 filters"));
		broker.granted = undefined;
		await ready.take("the next connection");
	});

	test("a topic of a link that is gone is unsubscribed once, however many of its messages come", async () => {
		await opened();
		for (let id = 1; id <= 5; id++) broker.publish("gone", "x", 1, id);
		for (let id = 1; id <= 5; id++) expect((await broker.next("puback")).messageId).toBe(id);
		const hear = () => {};
		await channel.subscribe("later", hear);
		await channel.unsubscribe("later", hear);
		broker.publish("later", "x", 1, 6);
		await broker.next("puback");
		await channel.subscribe("last", hear);
		const asked = broker.heard.waiting.flatMap((packet) =>
			packet.cmd === "unsubscribe" ? packet.unsubscriptions : [],
		);
		expect(asked).toEqual(["gone", "later"]);
	});

	test("a topic that is unsubscribed while its message is in work: it is acknowledged when it is done", async () => {
		await build();
		const work = new Inbox<BrokerMessage>();
		const hear = (message: BrokerMessage) => void work.add(message);
		await channel.subscribe("short", hear);
		open();
		await ready.take("a channel that is ready");
		broker.publish("short", "x", 2, 9);
		const { done } = await work.take("a message");
		await channel.unsubscribe("short", hear);
		done?.();
		expect((await broker.next("pubrec")).messageId).toBe(9);
		broker.send({ cmd: "pubrel", messageId: 9 });
		expect((await broker.next("pubcomp")).messageId).toBe(9);
	});
});
