import { isUtf8 } from "node:buffer";
import { isFilter, isTopic } from "../kit/mod.ts";

/** Why a packet is refused. */
export interface Refusal {
	readonly reason: string;
	/** What its sender is told before the connection ends, where the standard has an answer. */
	readonly answer?: Uint8Array;
}

/** Packet types, the first four bits of a packet (`MQTT 3.1.1 §2.2.1`). */
const CONNECT = 1;
const PUBLISH = 3;
const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
const PINGREQ = 12;
const DISCONNECT = 14;
const NAMES = [
	...["reserved type 0", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP"],
	...["SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT"],
	"reserved type 15",
];

/** CONNACK with "unacceptable protocol level" and with "identifier rejected" (`MQTT 3.1.1 §3.2.2.3`). */
const BAD_LEVEL = Uint8Array.of(0x20, 2, 0, 1);
const BAD_IDENTIFIER = Uint8Array.of(0x20, 2, 0, 2);
/** Set in a protocol level by mosquitto's bridges. */
const BRIDGE = 0x80;
const DUP = 8;
const SHOWN_CHARS = 100;

/**
 * What MQTT 3.1.1 and 3.1 require of a client's packets. Whatever violates a MUST ends the connection (`MQTT 3.1.1 §4.8`);
 * aedes, which would let much of it pass to all other clients, never sees it.
 */
export class ClientPackets {
	/** 3 is MQTT 3.1, 4 is 3.1.1; known from CONNECT on. */
	#level: 3 | 4 = 4;

	/**
	 * Looks at a packet whose header is there.
	 * @param end Where it ends; it may not have arrived that far.
	 * @returns how many of its bytes must be there before it can be judged, what is wrong, or nothing.
	 */
	judge(data: Buffer, at: number, bodyAt: number, end: number): number | Refusal | undefined {
		const first = data[at] ?? 0;
		const type = first >> 4;
		const wrong = this.#headerProblem(first, type, end - bodyAt);
		if (wrong !== undefined) return { reason: `${wrong} in ${NAMES[type]}` };
		const needed = type === PUBLISH ? topicEnd(data, bodyAt, end, first) : end;
		if (needed > data.length) return needed - at;
		const body = new Fields(data, bodyAt, end);
		const refusal = this.#bodyProblem(type, first, body);
		if (refusal === undefined && this.#level === 3) data[at] = withoutOldFlags(first, type);
		return typeof refusal === "string" ? { reason: `${refusal} in ${NAMES[type]}` } : refusal;
	}

	#headerProblem(first: number, type: number, length: number): string | undefined {
		const flags = first & 0x0f;
		switch (type) {
			case PUBLISH:
				if ((flags & 6) === 6) return "QoS 3";
				return (flags & 14) === DUP ? "DUP at QoS 0" : undefined;
			case CONNECT:
				return flags === 0 ? undefined : "reserved flags";
			case PINGREQ:
			case DISCONNECT:
				if (flags !== 0) return "reserved flags";
				return length === 0 ? undefined : "surplus bytes";
			case PUBACK:
			case PUBREC:
			case PUBCOMP:
				if (flags !== 0) return "reserved flags";
				return length === 2 ? undefined : "a length other than 2";
			case PUBREL:
				if (!this.#isAcknowledgedOnce(flags)) return "reserved flags";
				return length === 2 ? undefined : "a length other than 2";
			case SUBSCRIBE:
			case UNSUBSCRIBE:
				return this.#isAcknowledgedOnce(flags) ? undefined : "reserved flags";
			default:
				return "a type clients do not send";
		}
	}

	/** QoS 1 in the flags; MQTT 3.1 has DUP there as well when the packet is repeated. */
	#isAcknowledgedOnce(flags: number): boolean {
		return flags === 2 || (this.#level === 3 && flags === (2 | DUP));
	}

	#bodyProblem(type: number, first: number, body: Fields): string | Refusal | undefined {
		switch (type) {
			case CONNECT:
				return this.#connectProblem(body);
			case PUBLISH: {
				const topic = body.text();
				if (topic === undefined) return "a topic that is not UTF-8 text";
				if (!isTopic(topic)) return `the topic ${shown(topic)}`;
				return (first & 6) !== 0 && body.number() === 0 ? "packet id 0" : undefined;
			}
			case SUBSCRIBE:
			case UNSUBSCRIBE:
				return filtersProblem(body, type === SUBSCRIBE);
			case PINGREQ:
			case DISCONNECT:
				return undefined;
			default:
				return body.number() === 0 ? "packet id 0" : undefined;
		}
	}

	/** `MQTT 3.1.1 §3.1` */
	#connectProblem(body: Fields): string | Refusal | undefined {
		const name = body.text();
		if (name !== "MQTT" && name !== "MQIsdp") return "another protocol's name";
		const level = (body.byte() ?? 0) & ~BRIDGE;
		if (level !== (name === "MQTT" ? 4 : 3)) {
			return { reason: `protocol level ${level} is not supported`, answer: BAD_LEVEL };
		}
		this.#level = level;
		const flags = body.byte();
		if (flags === undefined) return "no flags";
		if ((flags & 1) !== 0) return "a reserved flag";
		const hasWill = (flags & 4) !== 0;
		if (!hasWill && (flags & 0x38) !== 0) return "QoS or RETAIN of a will that is not there";
		if ((flags & 0x18) === 0x18) return "a will of QoS 3";
		if ((flags & 0xc0) === 0x40) return "a password without a user name";
		if (body.number() === undefined) return "no keep alive";
		const clientId = body.text();
		if (clientId === undefined) return "a client id that is not UTF-8 text";
		if (clientId === "" && level === 3) {
			return { reason: "MQTT 3.1 wants a client id", answer: BAD_IDENTIFIER };
		}
		if (hasWill) {
			const topic = body.text();
			if (topic === undefined || !isTopic(topic)) return `the will's topic ${shown(topic ?? "")}`;
			if (!body.skip()) return "a will that ends too early";
		}
		if ((flags & 0x80) !== 0 && body.text() === undefined)
			return "a user name that is not UTF-8 text";
		if ((flags & 0x40) !== 0 && !body.skip()) return "a password that ends too early";
		return body.isOver ? undefined : "surplus bytes";
	}
}

/** `MQTT 3.1.1 §3.8.3`, `§3.10.3` */
function filtersProblem(body: Fields, withQos: boolean): string | undefined {
	if (body.number() === 0) return "packet id 0";
	if (body.isOver) return "no topic filter";
	while (!body.isOver) {
		const filter = body.text();
		if (filter === undefined) return "a topic filter that is not UTF-8 text";
		if (!isFilter(filter)) return `the topic filter ${shown(filter)}`;
		if (withQos && (body.byte() ?? 3) > 2) return "a QoS above 2";
	}
	return undefined;
}

/** Where topic and packet id of a PUBLISH end. */
function topicEnd(data: Buffer, bodyAt: number, end: number, first: number): number {
	if (bodyAt + 2 > data.length) return Math.min(end, bodyAt + 2);
	const idBytes = (first & 6) === 0 ? 0 : 2;
	return Math.min(end, bodyAt + 2 + data.readUInt16BE(bodyAt) + idBytes);
}

function withoutOldFlags(first: number, type: number): number {
	return type === PUBLISH ? first : first & ~DUP;
}

function shown(text: string): string {
	return JSON.stringify(text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text);
}

/** Reads the fields of a packet's body one after the other; undefined is what it does not hold (any more). */
class Fields {
	readonly #data: Buffer;
	readonly #end: number;
	#at: number;

	constructor(data: Buffer, at: number, end: number) {
		this.#data = data;
		this.#at = at;
		this.#end = end;
	}

	get isOver(): boolean {
		return this.#at >= this.#end;
	}

	byte(): number | undefined {
		return this.#at < this.#end ? this.#data[this.#at++] : undefined;
	}

	number(): number | undefined {
		const [high, low] = [this.byte(), this.byte()];
		return high === undefined || low === undefined ? undefined : (high << 8) | low;
	}

	/** Well-formed UTF-8 without U+0000 (`MQTT 3.1.1 §1.5.3`). */
	text(): string | undefined {
		const bytes = this.#bytes();
		if (bytes === undefined || bytes.includes(0) || !isUtf8(bytes)) return undefined;
		return bytes.toString("utf8");
	}

	/** Passes over a field of any bytes. */
	skip(): boolean {
		return this.#bytes() !== undefined;
	}

	#bytes(): Buffer | undefined {
		const length = this.number();
		if (length === undefined || this.#at + length > this.#end) return undefined;
		this.#at += length;
		return this.#data.subarray(this.#at - length, this.#at);
	}
}
