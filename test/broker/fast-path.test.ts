// QoS 0 messages past aedes and others through it: which path one took must not be noticeable.
import { afterEach, describe, expect, test } from "bun:test";
import { createConnection } from "node:net";
import { generate, type Packet } from "mqtt-packet";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { Unsubscribe } from "../../src/mqtt/port.ts";
import { brokerOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { eachPacket, publishFrame } from "../support/raw-mqtt.ts";
import { Inbox } from "../support/waiting.ts";

let broker: EmbeddedBroker;
const clients: TestClient[] = [];
afterEach(async () => {
	await Promise.all(clients.splice(0).map((client) => client.end()));
	await broker.stop();
});

async function start(): Promise<void> {
	broker = new EmbeddedBroker(brokerOptions(), {
		disk: new MemoryDisk(),
		authority: OPEN,
		gate: openGate,
		log: quietLog,
	});
	await broker.start();
}

async function connect(options = {}): Promise<TestClient> {
	const client = await TestClient.connect(`mqtt://127.0.0.1:${broker.port}`, options);
	clients.push(client);
	return client;
}

const plain = { qos: 0 as const };

describe("the fast path", () => {
	test("messages of one client and QoS arrive in the order they were sent, retained ones among them", async () => {
		await start();
		const reader = await connect();
		await reader.subscribe("t", 2);
		const sender = await connect();
		const sent = Array.from({ length: 600 }, (_, n) =>
			sender.publish("t", String(n), {
				qos: n % 50 < 3 ? ((n % 3) as 0 | 1 | 2) : 0,
				retain: n % 7 === 0,
			}),
		);
		await Promise.all(sent);
		const got: { qos: number; n: number }[] = [];
		for (let n = 0; n < 600; n++) {
			const { qos, text } = await reader.next("t");
			got.push({ qos, n: Number(text) });
		}
		for (const qos of [0, 1, 2]) {
			const numbers = got.filter((message) => message.qos === qos).map(({ n }) => n);
			expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
		}
		expect(got).toHaveLength(600);
	});

	test("overlapping filters of one client bring a message once, several clients get it each", async () => {
		await start();
		const readers = [await connect(), await connect()];
		for (const reader of readers) {
			for (const filter of ["a/b", "a/+", "#"]) await reader.subscribe(filter, 0);
		}
		const sender = await connect();
		for (const text of ["1", "2"]) await sender.publish("a/b", text, plain);
		for (const reader of readers) {
			expect([(await reader.next("a/b")).text, (await reader.next("a/b")).text]).toEqual([
				"1",
				"2",
			]);
			expect(reader.inbox.waiting).toEqual([]);
		}
	});

	test("a client hears nothing more after it unsubscribes, and again from when it subscribes", async () => {
		await start();
		const [stays, goes] = [await connect(), await connect()];
		for (const reader of [stays, goes]) await reader.subscribe("t", 0);
		const sender = await connect();
		await sender.publish("t", "1", plain);
		await goes.next("t");
		await goes.unsubscribe("t");
		await sender.publish("t", "2", plain);
		await goes.subscribe("t", 0);
		await sender.publish("t", "3", plain);
		expect((await goes.next("t")).text).toBe("3");
		for (const text of ["1", "2", "3"]) expect((await stays.next("t")).text).toBe(text);
	});

	test("what is published to topics of the broker itself is confirmed, and no client hears it", async () => {
		await start();
		const reader = await connect();
		for (const filter of ["#", "$SYS/#", "$x/+", "$refused"]) await reader.subscribe(filter, 2);
		reader.inbox.clear();
		const sender = await connect();
		for (const qos of [0, 1, 2] as const) {
			for (const topic of ["$SYS/x", "$x/y", "$refused", "$"])
				await sender.publish(topic, "1", { qos });
			await sender.publish("after", String(qos), { qos });
			expect(await reader.inbox.take("the message behind them")).toMatchObject({
				topic: "after",
				text: String(qos),
			});
		}
	});

	test("the server hears QoS 0 messages with their publisher, exact and by wildcard", async () => {
		await start();
		const heard = new Inbox<string>();
		const unsubscribes: Unsubscribe[] = [];
		for (const filter of ["data/x", "+/x"]) {
			const unsubscribe = await broker.subscribe(filter, ({ topic, payload, clientId }) =>
				heard.add(`${filter}: ${topic} ${Buffer.from(payload)} ${clientId}`),
			);
			unsubscribes.push(unsubscribe);
		}
		const sender = await connect({ clientId: "sender" });
		await sender.publish("data/x", "1", plain);
		expect(await heard.take("the first")).toBe("data/x: data/x 1 sender");
		expect(await heard.take("the second")).toBe("+/x: data/x 1 sender");
		await unsubscribes[0]?.();
		await sender.publish("data/x", "2", plain);
		expect(await heard.take("the third")).toBe("+/x: data/x 2 sender");
	});

	test("what a graph publishes reaches readers of every QoS and sessions that are away, in order", async () => {
		await start();
		const session = { clientId: "away", clean: false };
		const away = await TestClient.connect(`mqtt://127.0.0.1:${broker.port}`, session);
		const zero = await connect();
		await zero.subscribe("odf", 0);
		for (let n = 0; n < 10; n++) void broker.publishData("odf", String(n), 2);
		const two = await connect();
		await two.subscribe("odf", 2);
		for (let n = 10; n < 20; n++) void broker.publishData("odf", String(n), 2);
		await two.unsubscribe("odf");
		for (let n = 20; n < 30; n++) void broker.publishData("odf", String(n), 2);
		await away.subscribe("odf", 1);
		await away.end();
		for (let n = 30; n < 40; n++) void broker.publishData("odf", String(n), 2);
		for (let n = 0; n < 40; n++) {
			expect(await zero.next("odf")).toMatchObject({ text: String(n), qos: 0 });
		}
		for (let n = 10; n < 20; n++) {
			expect(await two.next("odf")).toMatchObject({ text: String(n), qos: 2 });
		}
		const back = await connect(session);
		for (let n = 30; n < 40; n++) {
			expect(await back.next("odf")).toMatchObject({ text: String(n), qos: 1 });
		}
	});

	test("what takes the slow path beside the fast one is heard once, and nothing behind it is lost", async () => {
		await start();
		const heard: number[] = [];
		await broker.subscribe("plain/+", ({ payload }) => {
			heard.push(Number(Buffer.from(payload).toString()));
		});
		const socket = createConnection(broker.port, "127.0.0.1");
		const answers = new Inbox<number>();
		socket.on("data", (data: Buffer) =>
			eachPacket(data, (type) => {
				answers.add(type);
			}),
		);
		socket.on("close", () => answers.add(0));
		const say = (packet: Packet | Buffer) =>
			socket.write(Buffer.isBuffer(packet) ? packet : generate(packet));
		say({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "", clean: true });
		await answers.take("CONNACK");
		// Behind it, in one piece, plain messages go through aedes as well; the confirmations between them do not.
		const first = publishFrame("first", "x", 2);
		first.frame.writeUInt16BE(4711, first.idAt);
		const confirmation = Buffer.from([0x40, 0x02, 0x12, 0x34]);
		const pieces = Array.from({ length: 50 }, (_, n) => [
			publishFrame(`plain/${n}`, String(n)).frame,
			confirmation,
		]);
		say(Buffer.concat([first.frame, ...pieces.flat()]));
		say({ cmd: "pingreq" });
		const end = (type: number) => type === 0xd0 || type === 0;
		expect(await answers.take("PINGRESP", end)).toBe(0xd0);
		expect(heard).toEqual(pieces.map((_, n) => n));
		socket.destroy();
	});
});
