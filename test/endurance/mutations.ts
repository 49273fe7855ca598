// Malformed MQTT: valid packets of every type, damaged in every way we could think of.
import { generate, type Packet } from "mqtt-packet";

export type Random = () => number;

const below = (random: Random, limit: number) => Math.floor(random() * limit);

function pick<T>(random: Random, items: readonly T[]): T {
	return items[below(random, items.length)] as T;
}

const TOPICS = [
	"a",
	"fuzz/x",
	"$SYS/x",
	"/",
	"//",
	"a/+/b",
	"#",
	"é/😀",
	"iottalk/api/req/fuzz/graph/1",
	"iottalk/api/req/fuzz/device",
	"iottalk/api/req/fuzz",
	"df682f01-7c3a-49fd-8f5f-72ce0b6e68c0/ctrl/i",
	"a/".repeat(99),
	"a/".repeat(500),
	"x".repeat(3000),
];
const PAYLOADS = [
	"",
	"1",
	"[1,2]",
	'{"op":"attach"}',
	'{"op":"add_link"}',
	'{"op":"add_funcs","codes":["x"],"digests":[1]}',
	'{"state":"online","rev":"x"}',
	'{"msg_id":1}',
	"[".repeat(5000),
	"\xff\xfe",
	"y".repeat(20_000),
];

/** A CONNECT a broker has to accept. */
export function connectPacket(random: Random, clientId: string): Buffer {
	const will = random() < 0.3;
	return generate({
		cmd: "connect",
		protocolId: "MQTT",
		protocolVersion: 4,
		clientId,
		clean: random() < 0.7,
		keepalive: below(random, 100),
		...(will && {
			will: { topic: "fuzz/will", payload: Buffer.from("gone"), qos: 1, retain: random() < 0.5 },
		}),
	});
}

/** A valid packet of a type that chance picks; all fourteen types of MQTT 3.1.1 occur. */
function validPacket(random: Random): Buffer {
	const messageId = 1 + below(random, 20);
	const qos = pick(random, [0, 1, 2] as const);
	const topic = pick(random, TOPICS);
	const dup = random() < 0.2;
	const packets: (() => Packet)[] = [
		() => ({
			cmd: "publish",
			topic,
			payload: pick(random, PAYLOADS),
			qos,
			retain: random() < 0.2,
			dup: dup && qos > 0,
			messageId,
		}),
		() => ({
			cmd: "subscribe",
			messageId,
			subscriptions: [
				{ topic, qos },
				{ topic: "fuzz/#", qos },
			],
		}),
		() => ({ cmd: "unsubscribe", messageId, unsubscriptions: [topic] }),
		() => ({ cmd: "puback", messageId }),
		() => ({ cmd: "pubrec", messageId }),
		() => ({ cmd: "pubrel", messageId }),
		() => ({ cmd: "pubcomp", messageId }),
		() => ({ cmd: "pingreq" }),
		() => ({ cmd: "pingresp" }),
		() => ({ cmd: "disconnect" }),
		() => ({ cmd: "connack", returnCode: 0, sessionPresent: false }),
		() => ({ cmd: "suback", messageId, granted: [0] }),
		() => ({ cmd: "unsuback", messageId, granted: [] }),
	];
	if (random() < 0.08) return connectPacket(random, pick(random, ["f", "fuzz", "x".repeat(5000)]));
	return generate(pick(random, packets)());
}

const MUTATIONS: ((random: Random, packet: Buffer) => Buffer)[] = [
	// One to four bits elsewhere.
	(random, packet) => {
		const damaged = Buffer.from(packet);
		for (let n = 1 + below(random, 4); n > 0; n--) {
			const at = below(random, damaged.length);
			damaged[at] = (damaged[at] ?? 0) ^ (1 << below(random, 8));
		}
		return damaged;
	},
	// Another type or other flags.
	(random, packet) => Buffer.concat([Buffer.from([below(random, 256)]), packet.subarray(1)]),
	// A length that is a lie.
	(random, packet) => {
		const length = Array.from({ length: 1 + below(random, 5) }, () => below(random, 256));
		return Buffer.concat([packet.subarray(0, 1), Buffer.from(length), packet.subarray(2)]);
	},
	// Cut short.
	(random, packet) => packet.subarray(0, below(random, packet.length)),
	// Bytes put in.
	(random, packet) => {
		const at = below(random, packet.length);
		const extra = Buffer.from(Array.from({ length: below(random, 8) }, () => below(random, 256)));
		return Buffer.concat([packet.subarray(0, at), extra, packet.subarray(at)]);
	},
	// Bytes that are not UTF-8, or zero, in the middle.
	(random, packet) => {
		const damaged = Buffer.from(packet);
		damaged.fill(pick(random, [0, 0xc0, 0xff]), below(random, damaged.length));
		return damaged;
	},
	// Nothing but noise.
	(random) => Buffer.from(Array.from({ length: 1 + below(random, 40) }, () => below(random, 256))),
	// Whole, but maybe out of place.
	(_random, packet) => packet,
];

export function malformedPacket(random: Random): Buffer {
	return pick(random, MUTATIONS)(random, validPacket(random));
}
