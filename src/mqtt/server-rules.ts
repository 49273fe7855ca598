import type { Refusal } from "./packet-rules.ts";

export const CONNACK = 0x20;
export const PUBLISH = 0x30;
export const SUBACK = 0x90;
export const UNSUBACK = 0xb0;
export const PINGRESP = 0xd0;
/** PUBACK, PUBREC, PUBREL, PUBCOMP. */
export const ID_ONLY: ReadonlySet<number> = new Set([0x40, 0x50, 0x62, 0x70]);
const SUBACK_REFUSED = 0x80;
/** The highest of CONNACK's codes (`MQTT 3.1.1 §3.2.2.3`). */
const LAST_REFUSAL = 5;
/** Only PUBLISH and SUBACK are longer than a few bytes; so many codes no one has asked for. */
const MAX_BYTES = 64 << 10;

/** What MQTT 3.1.1 requires of a broker's packets, for a connection on which another library works on them. */
export class ServerRules {
	#isFirst = true;

	/**
	 * Looks at a packet whose header is there. See `ClientPackets.judge`.
	 * @returns how many of its bytes must be there before it can be judged, what is wrong, or nothing.
	 */
	judge(data: Buffer, at: number, bodyAt: number, end: number): number | Refusal | undefined {
		const first = data[at] ?? 0;
		const isPublish = (first & 0xf0) === PUBLISH;
		if (!isPublish && end - bodyAt > MAX_BYTES) {
			return { reason: `packet ${hex(first)} of ${end - bodyAt} bytes` };
		}
		const needed = isPublish ? publishHeadEnd(data, first, bodyAt, end) : end;
		if (needed > data.length) return needed - at;
		const reason = isPublish
			? publishProblem(data, first, bodyAt, end)
			: packetProblem(data, at, bodyAt, end, this.#isFirst);
		this.#isFirst = false;
		return reason === undefined ? undefined : { reason };
	}
}

/** What is wrong with a PUBLISH of which topic and packet id are there (`MQTT 3.1.1 §3.3`). */
export function publishProblem(
	data: Buffer,
	first: number,
	bodyAt: number,
	end: number,
): string | undefined {
	const qos = (first >> 1) & 3;
	if (qos === 3) return "PUBLISH of QoS 3";
	if (bodyAt + 2 > end) return "PUBLISH without a topic";
	const topicEnd = bodyAt + 2 + data.readUInt16BE(bodyAt);
	const payloadAt = qos === 0 ? topicEnd : topicEnd + 2;
	if (payloadAt > end || topicEnd === bodyAt + 2) return "PUBLISH without a topic";
	if (qos > 0 && data.readUInt16BE(topicEnd) === 0) return "PUBLISH with packet id 0";
	return undefined;
}

/** What is wrong with a whole packet other than PUBLISH. @param isFirst It is the connection's first one. */
export function packetProblem(
	data: Buffer,
	at: number,
	bodyAt: number,
	end: number,
	isFirst: boolean,
): string | undefined {
	const first = data[at] ?? 0;
	const length = end - bodyAt;
	if (ID_ONLY.has(first)) {
		const hasId = length === 2 && data.readUInt16BE(bodyAt) !== 0;
		return hasId ? undefined : `packet ${hex(first)} without a packet id`;
	}
	switch (first) {
		case CONNACK:
			if (!isFirst) return "a second CONNACK";
			if (length !== 2) return "CONNACK of another length";
			if ((data[bodyAt] ?? 0) > 1) return "CONNACK with reserved flags";
			return codeProblem("CONNACK", [data[bodyAt + 1] ?? 0], (code) => code <= LAST_REFUSAL);
		case SUBACK:
			if (length < 3) return "SUBACK without a code";
			return codeProblem("SUBACK", data.subarray(bodyAt + 2, end), isGrant);
		case UNSUBACK:
			return length === 2 ? undefined : "UNSUBACK of another length";
		case PINGRESP:
			return length === 0 ? undefined : "PINGRESP of another length";
		default:
			return `packet ${hex(first)}, which brokers do not send`;
	}
}

function isGrant(code: number): boolean {
	return code <= 2 || code === SUBACK_REFUSED;
}

function codeProblem(
	packet: string,
	codes: Iterable<number>,
	isRight: (code: number) => boolean,
): string | undefined {
	for (const code of codes) if (!isRight(code)) return `${packet} with code ${hex(code)}`;
	return undefined;
}

/** Where topic and packet id of a PUBLISH end. */
function publishHeadEnd(data: Buffer, first: number, bodyAt: number, end: number): number {
	if (bodyAt + 2 > data.length) return Math.min(end, bodyAt + 2);
	const idBytes = (first & 6) === 0 ? 0 : 2;
	return Math.min(end, bodyAt + 2 + data.readUInt16BE(bodyAt) + idBytes);
}

function hex(byte: number): string {
	return `0x${byte.toString(16).padStart(2, "0")}`;
}
