import { describe, expect, test } from "bun:test";
import { PacketReader, type PacketRules } from "../../src/mqtt/packet-reader.ts";
import { publishFrame } from "../support/raw-mqtt.ts";

const packet = (length: number, type = 0x32) => {
	const header = [type];
	let rest = length;
	do {
		header.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
		rest = Math.floor(rest / 128);
	} while (rest > 0);
	return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
};
const CONNECT = packet(20, 0x10);
const rules: PacketRules = { first: 0x10, maxBytes: 16_384, maxFirstBytes: 100 };
const takeNothing = () => false;

/** A reader that has seen a CONNECT. */
function afterConnect(maxBytes = rules.maxBytes, take: () => boolean = takeNothing): PacketReader {
	const reader = new PacketReader({ ...rules, maxBytes }, take);
	expect(reader.read(CONNECT)).toEqual([CONNECT]);
	return reader;
}

/** What a reader passes on of a stream that is cut into pieces. */
function passedOn(reader: PacketReader, stream: Buffer, step: number): Buffer {
	const passed: Buffer[] = [];
	for (let at = 0; at < stream.length; at += step) {
		const result = reader.read(stream.subarray(at, at + step));
		if (typeof result === "string") throw new Error(result);
		passed.push(...result.map((bytes) => Buffer.from(bytes)));
	}
	return Buffer.concat(passed);
}

const bytes = (hex: string) => Buffer.from(hex, "hex");
const STEPS = [1, 2, 3, 7, 1000, 1 << 20];

describe("packet reader", () => {
	test("packets up to the limit are passed on as they came, however the bytes are cut", () => {
		const stream = Buffer.concat([0, 1, 127, 128, 1000, 16_384, 0].map((n) => packet(n)));
		for (const step of STEPS) {
			const reader = afterConnect();
			expect(passedOn(reader, stream, step).equals(stream)).toBe(true);
			expect(reader.passedOn).toBe(7);
		}
	});

	test("plain messages are offered whole, all else is passed on in order, however the bytes are cut", () => {
		const plain = ["a", "b".repeat(300), "c/d"].map(
			(topic) => publishFrame(topic, "payload").frame,
		);
		const others = [
			publishFrame("q", "1", 1).frame,
			publishFrame("r", "retained", 0, true).frame,
			packet(5, 0x82),
			Buffer.from([0xc0, 0]),
		];
		const stream = Buffer.concat(
			[0, 1, 2, 3].flatMap((n) => [plain[n % 3], others[n]] as Buffer[]),
		);
		for (const step of STEPS) {
			const taken: string[] = [];
			const reader = new PacketReader(rules, (topic, payload, frame) => {
				taken.push(`${Buffer.from(topic)} ${Buffer.from(payload)} ${frame.length}`);
				return true;
			});
			reader.read(CONNECT);
			expect(passedOn(reader, stream, step).equals(Buffer.concat(others))).toBe(true);
			expect(taken).toEqual([
				"a payload 12",
				`${"b".repeat(300)} payload 312`,
				"c/d payload 14",
				"a payload 12",
			]);
			expect(reader.passedOn).toBe(3);
		}
	});

	test("confirmations are offered, those with a reason (MQTT 5), with DUP (MQTT 3.1) or packet id 0 are passed on", () => {
		const taken = ["40020102", "50020103", "62020104", "70020105"].map(bytes);
		const others = [bytes("5003010680"), bytes("6a020107"), bytes("40020000")];
		const [acknowledged, ...more] = taken as [Buffer, ...Buffer[]];
		const stream = Buffer.concat([acknowledged, ...others, ...more]);
		for (const step of STEPS) {
			const offered: [number, number][] = [];
			const reader = new PacketReader(rules, takeNothing, (type, id) => {
				offered.push([type, id]);
				return true;
			});
			reader.read(CONNECT);
			expect(passedOn(reader, stream, step)).toEqual(Buffer.concat(others));
			expect(offered).toEqual(taken.map((packet) => [packet.readUInt8(0), packet.readUInt16BE(2)]));
		}
	});

	test("messages of QoS 1 and 2 are offered, again with DUP; retained and wrong ones are passed on", () => {
		const withId = (first: number, id: number) =>
			Buffer.concat([Buffer.from([first, 7, 0, 1, 0x74, id >> 8, id & 0xff]), Buffer.from("xy")]);
		const taken = [withId(0x32, 1), withId(0x3a, 2), withId(0x34, 0x1234), withId(0x3c, 4)];
		const others = [withId(0x33, 5), withId(0x36, 6), withId(0x32, 0), bytes("3203000174")];
		const stream = Buffer.concat(taken.flatMap((packet, n) => [packet, others[n]] as Buffer[]));
		for (const step of STEPS) {
			const offered: string[] = [];
			const take = (qos: number, id: number, topic: Uint8Array, payload: Uint8Array) => {
				offered.push(`${qos} ${id} ${Buffer.from(topic)} ${Buffer.from(payload)}`);
				return true;
			};
			const reader = new PacketReader(rules, takeNothing, () => false, take);
			reader.read(CONNECT);
			expect(passedOn(reader, stream, step)).toEqual(Buffer.concat(others));
			expect(offered).toEqual(["1 1 t xy", "1 2 t xy", "2 4660 t xy", "2 4 t xy"]);
		}
	});

	test("QoS 0 messages the fast path refuses are passed on", () => {
		const stream = Buffer.concat([1, 2, 3].map((n) => publishFrame(`t${n}`, "x").frame));
		for (const step of STEPS) {
			expect(passedOn(afterConnect(), stream, step).equals(stream)).toBe(true);
		}
	});

	test("a topic longer than its packet is not taken", () => {
		const lie = Buffer.from([0x30, 4, 0xff, 0xff, 0x61, 0x61]);
		expect(afterConnect(1000, () => true).read(lie)).toEqual([lie]);
	});

	test("a packet over the limit is refused at its header", () => {
		const reader = afterConnect(1000);
		expect(reader.read(packet(1000))).toEqual([packet(1000)]);
		expect(reader.read(packet(1001).subarray(0, 3))).toBe(
			"packet of 1001 bytes, over the limit of 1000",
		);
	});

	test("a length of more than four bytes is malformed", () => {
		expect(afterConnect().read(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))).toBe(
			"malformed packet length",
		);
	});

	test("a client that does not begin with CONNECT, or with a huge one, is refused", () => {
		const fresh = () => new PacketReader(rules, () => true);
		expect(fresh().read(packet(20))).toBe("the first packet is not CONNECT");
		expect(fresh().read(Buffer.from("GET / HTTP/1.1"))).toBe("the first packet is not CONNECT");
		expect(fresh().read(packet(101, 0x10))).toBe("packet of 101 bytes, over the limit of 100");
	});
});
