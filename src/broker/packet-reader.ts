export interface PacketRules {
	/** First byte of the first packet. */
	first: typeof CONNECT | typeof CONNACK;
	/** Largest allowed remaining length of a packet. */
	maxBytes: number;
	/** The same for the first packet, whose sender nobody knows yet. */
	maxFirstBytes: number;
}

/** Takes a plain message (QoS 0, not retained); false when it has to go the long way. */
export type TakePlain = (topic: Uint8Array, payload: Uint8Array, frame: Uint8Array) => boolean;

/** Takes a PUBACK, PUBREC or PUBCOMP of four bytes; false when it has to go the long way. */
export type TakeConfirmation = (packet: Uint8Array) => boolean;

export const CONNECT = 0x10;
export const CONNACK = 0x20;
const PUBLISH = 0x30;
const PUBACK = 0x40;
export const PUBREC = 0x50;
const PUBCOMP = 0x70;
/** A plain message of up to this size is waited for when it arrives in pieces. */
const MAX_HELD_BYTES = 64 << 10;

/**
 * Follows the MQTT packet boundaries of a byte stream. A packet over the limit is refused
 * when its header arrives, not after it has filled the memory (`MQTT 3.1.1 §2.2`); who does not begin
 * as the protocol says goes at the first byte (`§3.1`, `§3.2`); plain messages and confirmations are offered to a
 * short way, and everything else is passed on as it came.
 */
export class PacketReader {
	readonly #rules: PacketRules;
	readonly #takePlain: TakePlain;
	readonly #takeConfirmation: TakeConfirmation;
	/** Bytes of the current packet's body that are still to be passed on. */
	#skip = 0;
	/** Beginning of a packet that is not complete enough to be judged. */
	#held: Buffer | undefined;
	#isFirst = true;
	/** Messages passed on so far, of any QoS. */
	passedOn = 0;

	constructor(
		rules: PacketRules,
		takePlain: TakePlain,
		takeConfirmation: TakeConfirmation = () => false,
	) {
		this.#rules = rules;
		this.#takePlain = takePlain;
		this.#takeConfirmation = takeConfirmation;
	}

	/**
	 * Takes the next bytes, which must stay as they are.
	 * @returns what is to be passed on, in order, or what is wrong.
	 */
	read(chunk: Buffer): Buffer[] | string {
		const data = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
		this.#held = undefined;
		const passed: Buffer[] = [];
		let from = Math.min(this.#skip, data.length);
		this.#skip -= from;
		let at = from;
		from = 0;
		while (at < data.length) {
			if (this.#isFirst && data[at] !== this.#rules.first) {
				return `the first packet is no ${this.#rules.first === CONNECT ? "CONNECT" : "CONNACK"}`;
			}
			const header = readLength(data, at + 1);
			if (header === "malformed") return "malformed packet length";
			if (header === undefined) break;
			const limit = this.#isFirst ? this.#rules.maxFirstBytes : this.#rules.maxBytes;
			const { length, bodyAt } = header;
			if (length > limit) return `packet of ${length} bytes, over the limit of ${limit}`;
			const end = bodyAt + length;
			if (mayGoShort(data[at], length) && !this.#isFirst) {
				if (end > data.length && end - at <= MAX_HELD_BYTES) break;
				if (end <= data.length && this.#offer(data, at, bodyAt, end)) {
					if (from < at) passed.push(data.subarray(from, at));
					at = end;
					from = end;
					continue;
				}
			}
			this.#isFirst = false;
			if (((data[at] ?? 0) & 0xf0) === PUBLISH) this.passedOn += 1;
			this.#skip = Math.max(0, end - data.length);
			at = Math.min(end, data.length);
		}
		if (from < at) passed.push(data.subarray(from, at));
		if (at < data.length) this.#held = Buffer.from(data.subarray(at));
		return passed;
	}

	#offer(data: Buffer, at: number, bodyAt: number, end: number): boolean {
		if (data[at] !== PUBLISH) return this.#takeConfirmation(data.subarray(at, end));
		const topicEnd = bodyAt + 2 + (((data[bodyAt] ?? 0) << 8) | (data[bodyAt + 1] ?? 0));
		if (topicEnd > end) return false;
		return this.#takePlain(
			data.subarray(bodyAt + 2, topicEnd),
			data.subarray(topicEnd, end),
			data.subarray(at, end),
		);
	}
}

/** A confirmation is short but for MQTT 5's reasons. */
function mayGoShort(type: number | undefined, length: number): boolean {
	if (type === PUBLISH) return true;
	return length === 2 && (type === PUBACK || type === PUBREC || type === PUBCOMP);
}

/** Reads a remaining length (`MQTT 3.1.1 §2.2.3`); undefined when it is not all there. */
function readLength(
	data: Uint8Array,
	at: number,
): { length: number; bodyAt: number } | "malformed" | undefined {
	let length = 0;
	for (let n = 0; n < 4; n++) {
		const byte = data[at + n];
		if (byte === undefined) return undefined;
		length += (byte & 0x7f) * 128 ** n;
		if ((byte & 0x80) === 0) return { length, bodyAt: at + n + 1 };
	}
	return "malformed";
}
