// One packet for each MUST of MQTT 3.1.1 about what a client sends, and what becomes of its connection.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectPacket, field, number, packet, RawLink } from "../support/raw-link.ts";
import { startTarget, type Target } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";

let target: Target;
/** Hears everything; whatever the others do, it stays and hears nothing odd. */
let bystander: RawLink;
let bridge: RawLink;

const NUL = Buffer.from("a\0b");
const BAD_UTF8: [string, Buffer][] = [
	["a lone continuation byte", Buffer.from([0x61, 0x80])],
	["a surrogate", Buffer.from([0xed, 0xa0, 0x80])],
	["an overlong slash", Buffer.from([0xc0, 0xaf])],
	["a cut sequence", Buffer.from([0xe4, 0xb8])],
	["beyond U+10FFFF", Buffer.from([0xf4, 0x90, 0x80, 0x80])],
];
const BAD_FILTERS = [
	"a#",
	"a/#b",
	"#/a",
	"a/#/b",
	"##",
	"+a",
	"a+",
	"a/+b",
	"a/b+/c",
	"++",
	"a/+#",
];
const BAD_TOPICS = ["#", "+", "a/#", "a/+/b", "a+b", "a#"];

const publish = (topic: string | Uint8Array, first = 0x30, ...more: Uint8Array[]) =>
	packet(first, field(topic), ...more, Buffer.from("payload"));
const subscribe = (filter: string | Uint8Array, qos = 0, first = 0x82, id = 1) =>
	packet(first, number(id), field(filter), qos);
const unsubscribe = (filter: string | Uint8Array, first = 0xa2, id = 1) =>
	packet(first, number(id), field(filter));
const will = (topic: string | Uint8Array, flags = 0x06) =>
	connectPacket({ flags, more: [field(topic), field("gone")] });

/** What is refused without an answer: after CONNECT unless the packet is one itself. */
const refused: [section: string, what: string, bytes: Buffer][] = [
	...BAD_UTF8.flatMap(([what, bytes]): [string, string, Buffer][] => [
		["MQTT-1.5.3-1", `${what} in a topic`, publish(bytes)],
		["MQTT-1.5.3-1", `${what} in a topic, QoS 1`, publish(bytes, 0x32, number(1))],
		["MQTT-1.5.3-1", `${what} in a topic, retained`, publish(bytes, 0x31)],
		["MQTT-3.8.3-1", `${what} in a filter`, subscribe(bytes)],
		["MQTT-3.10.3-1", `${what} in a filter to unsubscribe`, unsubscribe(bytes)],
		["MQTT-3.1.3-10", `${what} in a will's topic`, will(bytes)],
		["MQTT-3.1.3-4", `${what} in a client id`, connectPacket({ clientId: bytes })],
		[
			"MQTT-3.1.3-11",
			`${what} in a user name`,
			connectPacket({ flags: 0x82, more: [field(bytes)] }),
		],
	]),
	["MQTT-1.5.3-2", "U+0000 in a topic", publish(NUL)],
	["MQTT-1.5.3-2", "U+0000 in a topic, QoS 2", publish(NUL, 0x34, number(1))],
	["MQTT-1.5.3-2", "U+0000 in a filter", subscribe(NUL)],
	["MQTT-1.5.3-2", "U+0000 in a will's topic", will(NUL)],
	["MQTT-1.5.3-2", "U+0000 in a client id", connectPacket({ clientId: NUL })],
	["MQTT-1.5.3-2", "U+0000 in a user name", connectPacket({ flags: 0x82, more: [field(NUL)] })],
	...BAD_TOPICS.flatMap((topic): [string, string, Buffer][] => [
		["MQTT-3.3.2-2", `the topic ${topic}`, publish(topic)],
		["MQTT-3.3.2-2", `the topic ${topic}, QoS 1, retained`, publish(topic, 0x33, number(1))],
		["MQTT-3.3.2-2", `the will's topic ${topic}`, will(topic)],
	]),
	["MQTT-4.7.3-1", "an empty topic", publish("")],
	["MQTT-4.7.3-1", "an empty topic, QoS 2", publish("", 0x34, number(1))],
	["MQTT-4.7.3-1", "an empty will's topic", will("")],
	["MQTT-4.7.3-1", "an empty filter", subscribe("")],
	["MQTT-4.7.3-1", "an empty filter to unsubscribe", unsubscribe("")],
	...BAD_FILTERS.flatMap((filter): [string, string, Buffer][] => [
		[
			filter.includes("#") ? "MQTT-4.7.1-2" : "MQTT-4.7.1-3",
			`the filter ${filter}`,
			subscribe(filter),
		],
		[
			filter.includes("#") ? "MQTT-4.7.1-2" : "MQTT-4.7.1-3",
			`the filter ${filter} to unsubscribe`,
			unsubscribe(filter),
		],
		[
			"MQTT-4.7.1-2",
			`${filter} behind a good filter`,
			packet(0x82, number(1), field("good"), 0, field(filter), 0),
		],
	]),
	["MQTT-2.2.2-2", "flags in PUBACK", packet(0x41, number(1))],
	["MQTT-2.2.2-2", "flags in PUBREC", packet(0x52, number(1))],
	["MQTT-2.2.2-2", "flags in PUBCOMP", packet(0x78, number(1))],
	["MQTT-3.6.1-1", "no flags in PUBREL", packet(0x60, number(1))],
	["MQTT-3.6.1-1", "DUP in PUBREL", packet(0x6a, number(1))],
	["MQTT-3.8.1-1", "no flags in SUBSCRIBE", subscribe("a", 0, 0x80)],
	["MQTT-3.8.1-1", "DUP in SUBSCRIBE", subscribe("a", 0, 0x8a)],
	["MQTT-3.10.1-1", "no flags in UNSUBSCRIBE", unsubscribe("a", 0xa0)],
	["MQTT-2.2.2-2", "flags in PINGREQ", packet(0xc1)],
	["MQTT-3.14.1-1", "flags in DISCONNECT", packet(0xe1)],
	[
		"MQTT-2.2.2-2",
		"flags in CONNECT",
		Buffer.concat([Buffer.from([0x11]), connectPacket().subarray(1)]),
	],
	["MQTT 3.1.1 §2.2.1", "type 0", packet(0x00)],
	["MQTT 3.1.1 §2.2.1", "type 15", packet(0xf0)],
	["MQTT 3.1.1 §2.2.1", "a CONNACK of a client", packet(0x20, 0, 0)],
	["MQTT 3.1.1 §2.2.1", "a SUBACK of a client", packet(0x90, number(1), 0)],
	["MQTT 3.1.1 §2.2.1", "an UNSUBACK of a client", packet(0xb0, number(1))],
	["MQTT 3.1.1 §2.2.1", "a PINGRESP of a client", packet(0xd0)],
	["MQTT 3.1.1 §2.2.3", "a length of five bytes", Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1])],
	["MQTT-2.3.1-1", "packet id 0 in PUBLISH, QoS 1", publish("a", 0x32, number(0))],
	["MQTT-2.3.1-1", "packet id 0 in PUBLISH, QoS 2", publish("a", 0x34, number(0))],
	["MQTT-2.3.1-1", "packet id 0 in SUBSCRIBE", subscribe("a", 0, 0x82, 0)],
	["MQTT-2.3.1-1", "packet id 0 in UNSUBSCRIBE", unsubscribe("a", 0xa2, 0)],
	["MQTT-2.3.1-1", "packet id 0 in PUBACK", packet(0x40, number(0))],
	["MQTT-2.3.1-1", "packet id 0 in PUBREC", packet(0x50, number(0))],
	["MQTT-2.3.1-1", "packet id 0 in PUBREL", packet(0x62, number(0))],
	["MQTT-2.3.1-1", "packet id 0 in PUBCOMP", packet(0x70, number(0))],
	["MQTT-3.3.1-4", "QoS 3", publish("a", 0x36, number(1))],
	["MQTT-3.3.1-2", "DUP at QoS 0", publish("a", 0x38)],
	["MQTT 3.1.1 §3.3.2", "a PUBLISH without a topic", packet(0x30)],
	[
		"MQTT 3.1.1 §3.3.2",
		"a topic longer than its packet",
		packet(0x30, number(9), Buffer.from("a")),
	],
	["MQTT 3.1.1 §3.3.2", "a PUBLISH of QoS 1 without a packet id", packet(0x32, field("a"))],
	["MQTT-3.8.3-3", "SUBSCRIBE without a filter", packet(0x82, number(1))],
	["MQTT-3.8.3-4", "QoS 3 in SUBSCRIBE", subscribe("a", 3)],
	["MQTT-3.8.3-4", "reserved bits in SUBSCRIBE", subscribe("a", 0x04)],
	["MQTT 3.1.1 §3.8.3", "a filter without its QoS", packet(0x82, number(1), field("a"))],
	[
		"MQTT 3.1.1 §3.8.3",
		"a filter longer than its packet",
		packet(0x82, number(1), number(9), Buffer.from("a")),
	],
	["MQTT-3.10.3-2", "UNSUBSCRIBE without a filter", packet(0xa2, number(1))],
	["MQTT 3.1.1 §3.10.3", "surplus bytes in UNSUBSCRIBE", packet(0xa2, number(1), field("a"), 0)],
	["MQTT 3.1.1 §3.4", "surplus bytes in PUBACK", packet(0x40, number(1), 0)],
	["MQTT 3.1.1 §3.5", "surplus bytes in PUBREC", packet(0x50, number(1), 0)],
	["MQTT 3.1.1 §3.6", "surplus bytes in PUBREL", packet(0x62, number(1), 0)],
	["MQTT 3.1.1 §3.7", "a PUBCOMP that is too short", packet(0x70, 1)],
	["MQTT 3.1.1 §3.12", "surplus bytes in PINGREQ", packet(0xc0, 0)],
	["MQTT 3.1.1 §3.14", "surplus bytes in DISCONNECT", packet(0xe0, 0)],
	["MQTT-3.1.0-2", "a second CONNECT", Buffer.concat([connectPacket(), connectPacket()])],
	["MQTT-3.1.2-1", "another protocol's name", connectPacket({ name: "HTTP" })],
	["MQTT-3.1.2-1", "the name in lower case", connectPacket({ name: "mqtt" })],
	["MQTT-3.1.2-3", "the reserved flag of CONNECT", connectPacket({ flags: 3 })],
	["MQTT-3.1.2-14", "a will of QoS 3", will("w", 0x1e)],
	["MQTT-3.1.2-13", "QoS of a will that is not there", connectPacket({ flags: 0x0a })],
	["MQTT-3.1.2-15", "RETAIN of a will that is not there", connectPacket({ flags: 0x22 })],
	[
		"MQTT-3.1.2-22",
		"a password without a user name",
		connectPacket({ flags: 0x42, more: [field("p")] }),
	],
	["MQTT-3.1.2-19", "a user name that is not there", connectPacket({ flags: 0x82 })],
	[
		"MQTT-3.1.2-21",
		"a password that is not there",
		connectPacket({ flags: 0xc2, more: [field("u")] }),
	],
	["MQTT-3.1.2-9", "a will that is not there", connectPacket({ flags: 0x06 })],
	["MQTT 3.1.1 §3.1.3", "surplus bytes in CONNECT", connectPacket({ more: [Buffer.from("x")] })],
	["MQTT-3.1.0-1", "SUBSCRIBE before CONNECT", subscribe("a")],
];

/** What is answered with a return code of CONNACK, then closed (`MQTT 3.1.1 §3.2.2.3`). */
const answered: [section: string, what: string, bytes: Buffer, code: number][] = [
	...[0, 1, 2, 3, 5, 6, 7, 100, 127].map((level): [string, string, Buffer, number] => [
		"MQTT-3.1.2-2",
		`protocol level ${level}`,
		connectPacket({ level, ...(level === 5 && { clientId: Buffer.from([0]) }) }),
		1,
	]),
	["MQTT-3.1.2-2", "level 4 under the old name", connectPacket({ name: "MQIsdp", level: 4 }), 1],
	[
		"MQTT-3.1.3-8",
		"no client id, and a session to keep",
		connectPacket({ clientId: "", flags: 0 }),
		2,
	],
	["MQTT 3.1", "no client id", connectPacket({ name: "MQIsdp", level: 3, clientId: "" }), 2],
	[
		"MQTT 3.1",
		"a client id of 24 letters",
		connectPacket({ name: "MQIsdp", level: 3, clientId: "x".repeat(24) }),
		2,
	],
];

describeEmbedded("MQTT packets", () => {
	beforeAll(async () => {
		target = await startTarget({ log: { level: "warn" } });
		bystander = await RawLink.connected(target.mqtt, { clientId: "bystander" });
		bystander.send(subscribe("#", 2));
		await bystander.take(0x90);
		bridge = await RawLink.connected(target.ws, { clientId: "bystander over ws" });
		bridge.send(subscribe("#", 2));
		await bridge.take(0x90);
	});
	afterAll(() => target.dispose());
	const urls = () => [target.mqtt, target.ws];

	/** For a test that publishes what the bystanders may see. */
	async function forgetPublished(): Promise<void> {
		for (const link of [bystander, bridge]) {
			await link.settled();
			while (link.waiting.length > 0) await link.next(() => true, "what was published");
		}
	}

	async function undisturbed(): Promise<void> {
		for (const link of [bystander, bridge]) {
			await link.settled();
			expect([link.isClosed, link.waiting]).toEqual([false, []]);
		}
	}

	test.each(refused)(
		"%s: %s ends the connection and reaches no subscriber",
		async (_, __, bytes) => {
			const isFirst = (bytes[0] ?? 0) >> 4 === 1 || bytes.equals(subscribe("a"));
			for (const url of urls()) {
				for (const step of [bytes.length, 1]) {
					const link = isFirst ? await RawLink.open(url) : await RawLink.connected(url);
					for (let at = 0; at < bytes.length && !link.isClosed; at += step) {
						link.send(bytes.subarray(at, at + step));
					}
					const rest = await link.closed();
					// Of two CONNECTs the first is answered.
					const isDouble = bytes.length === 2 * connectPacket().length;
					expect(rest.map(({ first }) => first)).toEqual(isDouble ? [0x20] : []);
				}
			}
			await undisturbed();
		},
	);

	test.each(answered)("%s: %s is answered, then closed", async (_, __, bytes, code) => {
		for (const url of urls()) {
			const link = await RawLink.open(url);
			link.send(bytes);
			expect(await link.closed()).toEqual([{ first: 0x20, body: Buffer.from([0, code]) }]);
		}
	});

	test("MQTT-3.14.4-1: what follows DISCONNECT counts for nothing, and no will is published", async () => {
		for (const url of urls()) {
			const link = await RawLink.open(url);
			link.send(will("a/will"));
			await link.take(0x20);
			link.send(Buffer.from([0xe0, 0]), publish("after"), publish("bad/#"), Buffer.from([0xff]));
			await link.closed();
		}
		await undisturbed();
	});

	test("each refusal is one line of the log that says what was wrong", async () => {
		// Of a kind, twenty lines a minute are written.
		const own = await startTarget({ log: { level: "warn", format: "json" } });
		const link = await RawLink.connected(own.mqtt, { clientId: "culprit" });
		link.send(subscribe("a/#/b"));
		await link.closed();
		const other = await RawLink.connected(own.mqtt, { clientId: "other" });
		await other.settled();
		const lines = own
			.log()
			.split("\n")
			.filter((line) => line.includes("culprit"));
		expect(lines).toEqual([expect.stringContaining('the topic filter \\"a/#/b\\" in SUBSCRIBE')]);
		other.end();
		await own.dispose();
	});

	test("what is allowed is allowed: odd but right topics, filters, client ids and wills", async () => {
		const topics = [
			"/",
			"//",
			" ",
			"a b",
			"é/😀",
			"\uFEFFa",
			"a\u0001",
			"$a",
			"a/$b",
			"x".repeat(3000),
		];
		for (const url of urls()) {
			const reader = await RawLink.connected(url, { clientId: "\uFEFF reader 😀" });
			for (const filter of ["+", "+/+", "/+", "#", "a/#", "+/#", "/#", "$SYS/#", "//", "a//+"]) {
				reader.send(subscribe(filter, 1));
				expect((await reader.take(0x90)).body).toEqual(Buffer.from([0, 1, 1]));
				reader.send(unsubscribe(filter));
				await reader.take(0xb0);
			}
			while (reader.waiting.length > 0) await reader.next(() => true, "a message of $SYS");
			reader.send(subscribe("#", 0));
			await reader.take(0x90);
			const sender = await RawLink.connected(url, { clientId: "", flags: 2 });
			for (const topic of topics) {
				sender.send(publish(topic), publish(topic, 0x32, number(7)));
				await sender.take(0x40);
				if (topic.startsWith("$")) continue;
				for (let n = 0; n < 2; n++) {
					const { body } = await reader.take(0x30);
					expect(body.subarray(2, 2 + body.readUInt16BE(0)).toString()).toBe(topic);
				}
			}
			const dying = await RawLink.open(url);
			dying.send(will("\uFEFFwill", 0x06));
			await dying.take(0x20);
			dying.end();
			const { body } = await reader.take(0x30, "the will");
			expect(body).toEqual(Buffer.concat([field("\uFEFFwill"), Buffer.from("gone")]));
			reader.end();
			sender.end();
		}
		await forgetPublished();
	});

	test("MQTT 3.1: packets that are repeated carry DUP, PUBREL, SUBSCRIBE and UNSUBSCRIBE too", async () => {
		for (const url of urls()) {
			const link = await RawLink.connected(url, { name: "MQIsdp", level: 3, clientId: "old" });
			link.send(subscribe("old/#", 2, 0x8a, 3));
			expect((await link.take(0x90)).body).toEqual(Buffer.from([0, 3, 2]));
			link.send(publish("old/x", 0x34, number(5)));
			await link.take(0x50);
			link.send(packet(0x62, number(5)));
			await link.take(0x70);
			link.send(packet(0x6a, number(5)));
			expect((await link.take(0x70)).body).toEqual(number(5));
			link.send(unsubscribe("old/#", 0xaa, 4));
			await link.take(0xb0);
			await link.settled();
			link.end();
		}
		await forgetPublished();
	});

	test("MQTT 3.1.1 §3.1.4: what follows CONNECT before CONNACK counts, in the same piece or in further ones", async () => {
		for (const url of urls()) {
			for (const together of [true, false]) {
				const link = await RawLink.open(url);
				const parts = [
					connectPacket({ clientId: "eager" }),
					subscribe("eager/#", 1),
					publish("eager/1"),
					publish("eager/2", 0x32, number(2)),
					publish("eager/3", 0x34, number(3)),
				];
				if (together) link.send(...parts);
				else for (const part of parts) link.send(part);
				await link.take(0x20);
				await link.take(0x90);
				await link.take(0x30, "the message of QoS 0");
				for (let n = 0; n < 2; n++) await link.take(0x32, "a message of QoS 1");
				await link.take(0x40);
				await link.take(0x50);
				link.end();
			}
		}
		await forgetPublished();
	});
});
