import { beforeEach, describe, expect, test } from "bun:test";
import { generate, type Packet } from "mqtt-packet";
import { ServerPackets } from "../../src/mqtt/server-packets.ts";

let heard: string[];
let packets: ServerPackets;
beforeEach(() => {
	heard = [];
	packets = new ServerPackets({
		onConnack: (code, hadSession) => heard.push(`connack ${code} ${hadSession}`),
		onMessage: ({ topic, payload, qos, retained, dup, id }) =>
			heard.push(`${topic} ${payload.length} ${qos} ${retained} ${dup} ${id}`),
		onId: (type, id) => heard.push(`${type.toString(16)} ${id}`),
		onGranted: (id, codes) => heard.push(`granted ${id} ${codes.join()}`),
		onUnsubscribed: (id) => heard.push(`unsubscribed ${id}`),
		onPong: () => heard.push("pong"),
	});
});

const bytesOf = (...list: Packet[]) =>
	Buffer.concat(list.map((packet) => generate(packet, { protocolVersion: 4 })));
const CONNACK: Packet = { cmd: "connack", returnCode: 0, sessionPresent: true };
const message = (payload: string, qos: 0 | 1 | 2, messageId = 0, dup = false): Packet => ({
	...{ cmd: "publish", topic: "t/1", payload, qos, dup, retain: false, messageId },
});
const ALL = bytesOf(
	CONNACK,
	message("", 0),
	{ cmd: "suback", messageId: 65_000, granted: [0, 1, 2, 128] },
	message("x".repeat(300), 1, 258),
	{ cmd: "puback", messageId: 1 },
	{ cmd: "pubrec", messageId: 2 },
	{ cmd: "pubrel", messageId: 3 },
	{ cmd: "pubcomp", messageId: 4 },
	message("x".repeat(70_000), 2, 9, true),
	{ cmd: "unsuback", messageId: 5, granted: [] },
	{ cmd: "pingresp" },
);
const SEEN = [
	"connack 0 true",
	"t/1 0 0 false false 0",
	"granted 65000 0,1,2,128",
	"t/1 300 1 false false 258",
	...["40 1", "50 2", "62 3", "70 4"],
	"t/1 70000 2 false true 9",
	"unsubscribed 5",
	"pong",
];

describe("packets of a broker", () => {
	test.each([1, 2, 3, 7, 100, 1 << 20])("are cut from pieces of %d bytes", (size) => {
		for (let at = 0; at < ALL.length; at += size) {
			expect(packets.read(Buffer.from(ALL.subarray(at, at + size)))).toBeUndefined();
		}
		expect(heard).toEqual(SEEN);
	});

	test.each<[string, number[]]>([
		["malformed packet length", [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]],
		["PUBLISH of QoS 3", [0x36, 5, 0, 1, 0x74, 0, 1]],
		["PUBLISH without a topic", [0x30, 0]],
		["PUBLISH without a topic", [0x30, 2, 0, 0]],
		["PUBLISH without a topic", [0x30, 3, 0, 9, 0x74]],
		["PUBLISH without a topic", [0x32, 3, 0, 1, 0x74]],
		["PUBLISH with packet id 0", [0x32, 5, 0, 1, 0x74, 0, 0]],
		["packet 0x40 without a packet id", [0x40, 2, 0, 0]],
		["packet 0x70 without a packet id", [0x70, 0]],
		["SUBACK without a code", [0x90, 2, 0, 1]],
		["SUBACK with code 0x03", [0x90, 3, 0, 1, 3]],
		["SUBACK with more codes than filters", [0x90, 0xf7, 3, 0, 1, ...Array(501).fill(0)]],
		["UNSUBACK of another length", [0xb0, 3, 0, 1, 0]],
		["a second CONNACK", [0x20, 2, 0, 0]],
		["packet 0x60, which brokers do not send", [0x60, 2, 0, 1]],
		["packet 0xe0, which brokers do not send", [0xe0, 0]],
		["PINGRESP of another length", [0xd0, 1, 0]],
	])("%s ends it", (problem, bytes) => {
		expect(packets.read(bytesOf(CONNACK))).toBeUndefined();
		expect(packets.read(Buffer.from(bytes))).toBe(problem);
	});

	test("wait while it is paused, from the packet on that paused it", () => {
		packets.read(bytesOf(CONNACK));
		packets.isPaused = true;
		expect(packets.read(ALL.subarray(4, 100))).toBeUndefined();
		expect(packets.read(ALL.subarray(100))).toBeUndefined();
		expect(heard).toEqual(SEEN.slice(0, 1));
		packets.isPaused = false;
		expect(packets.read(Buffer.alloc(0))).toBeUndefined();
		expect(heard).toEqual(SEEN);
	});

	test("CONNACK has one flag", () => {
		expect(packets.read(Buffer.from([0x20, 2, 3, 0]))).toBe("CONNACK with reserved flags");
	});

	test("the first packet has to be CONNACK", () => {
		expect(packets.read(Buffer.from("SSH-2.0-OpenSSH\r\n"))).toBe(
			"the first packet is not CONNACK",
		);
	});
});
