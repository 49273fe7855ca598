import { describe, expect, test } from "bun:test";
import { generate, type Packet } from "mqtt-packet";
import { ClientPackets } from "../../src/mqtt/packet-rules.ts";

const connect = (level: 3 | 4 = 4): Buffer =>
	generate({
		cmd: "connect",
		protocolId: level === 4 ? "MQTT" : "MQIsdp",
		protocolVersion: level,
		clientId: "c",
		clean: true,
	});

/** What is said of a packet that is there whole, after a CONNECT. */
function judge(packet: Buffer, packets = new ClientPackets()) {
	let bodyAt = 1;
	while (((packet[bodyAt] ?? 0) & 0x80) !== 0) bodyAt += 1;
	return packets.judge(packet, 0, bodyAt + 1, packet.length);
}

const reasonOf = (packet: Buffer): string | undefined => {
	const verdict = judge(packet);
	return typeof verdict === "object" ? verdict.reason : undefined;
};
const text = (value: string | Uint8Array) => {
	const bytes = Buffer.from(value);
	return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};
const raw = (first: number, ...parts: (Uint8Array | number[])[]): Buffer => {
	const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
	return Buffer.concat([Buffer.from([first, body.length]), body]);
};

describe("packets a client may send", () => {
	test.each<Packet>([
		{ cmd: "publish", topic: "t", payload: "x", qos: 0, retain: false, dup: false },
		{ cmd: "publish", topic: "$t/é", payload: "", qos: 2, retain: true, dup: true, messageId: 1 },
		{ cmd: "puback", messageId: 1 },
		{ cmd: "pubrec", messageId: 65_535 },
		{ cmd: "pubrel", messageId: 1 },
		{ cmd: "pubcomp", messageId: 1 },
		{ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a/+/#", qos: 2 }] },
		{ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["#"] },
		{ cmd: "pingreq" },
		{ cmd: "disconnect" },
	])("$cmd", (packet) => expect(judge(generate(packet))).toBeUndefined());

	test.each([3, 4] as const)("CONNECT of level %d", (level) =>
		expect(judge(connect(level))).toBeUndefined(),
	);
});

describe("packets that end the connection", () => {
	test.each<[string, Buffer]>([
		["QoS 3 in PUBLISH", raw(0x36, text("t"))],
		["DUP at QoS 0 in PUBLISH", raw(0x38, text("t"))],
		["a topic that is not UTF-8 text in PUBLISH", raw(0x30, text(Buffer.from([0xff])))],
		['the topic "a/#" in PUBLISH', raw(0x30, text("a/#"))],
		["packet id 0 in PUBLISH", raw(0x32, text("t"), [0, 0])],
		["packet id 0 in PUBACK", raw(0x40, [0, 0])],
		["reserved flags in PUBREC", raw(0x51, [0, 1])],
		["a length other than 2 in PUBCOMP", raw(0x70, [0, 1, 0])],
		["reserved flags in PUBREL", raw(0x60, [0, 1])],
		["no topic filter in SUBSCRIBE", raw(0x82, [0, 1])],
		["a QoS above 2 in SUBSCRIBE", raw(0x82, [0, 1], text("a"), [3])],
		['the topic filter "a#" in SUBSCRIBE', raw(0x82, [0, 1], text("a#"), [0])],
		["reserved flags in UNSUBSCRIBE", raw(0xa0, [0, 1], text("a"))],
		["surplus bytes in PINGREQ", raw(0xc0, [0])],
		["a type clients do not send in CONNACK", raw(0x20, [0, 0])],
		["another protocol's name in CONNECT", raw(0x10, text("HTTP"), [4, 2, 0, 0], text("c"))],
		["a reserved flag in CONNECT", raw(0x10, text("MQTT"), [4, 3, 0, 0], text("c"))],
		["a password without a user name in CONNECT", raw(0x10, text("MQTT"), [4, 0x42, 0, 0])],
		["surplus bytes in CONNECT", raw(0x10, text("MQTT"), [4, 2, 0, 0], text("c"), [1])],
	])("%s", (reason, packet) => expect(reasonOf(packet)).toBe(reason));

	test("a protocol level that is not supported, and no client id in MQTT 3.1, are answered first", () => {
		expect(judge(raw(0x10, text("MQTT"), [5, 2, 0, 0], text("c")))).toEqual({
			reason: "protocol level 5 is not supported",
			answer: Uint8Array.of(0x20, 2, 0, 1),
		});
		expect(judge(raw(0x10, text("MQIsdp"), [3, 2, 0, 0], text("")))).toMatchObject({
			answer: Uint8Array.of(0x20, 2, 0, 2),
		});
	});
});

test("a packet is judged once enough of it is there: of PUBLISH topic and packet id", () => {
	const packet = generate({
		...{ cmd: "publish", topic: "topic", payload: "x".repeat(100), qos: 1 },
		...{ retain: false, dup: false, messageId: 7 },
	});
	const packets = new ClientPackets();
	expect(packets.judge(packet.subarray(0, 2), 0, 2, packet.length)).toBe(4);
	expect(packets.judge(packet.subarray(0, 6), 0, 2, packet.length)).toBe(11);
	expect(packets.judge(packet.subarray(0, 11), 0, 2, packet.length)).toBeUndefined();
});

test("a client of MQTT 3.1 may set DUP on what it repeats; aedes does not see it", () => {
	const packets = new ClientPackets();
	const repeated = raw(0x8a, [0, 1], text("a"), [0]);
	expect(reasonOf(Buffer.from(repeated))).toBe("reserved flags in SUBSCRIBE");
	judge(connect(3), packets);
	expect([judge(repeated, packets), repeated[0]]).toEqual([undefined, 0x82]);
});
