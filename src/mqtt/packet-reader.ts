import type { Refusal } from "./packet-rules.ts";

export interface PacketRules {
	/** First byte of the first packet. */
	first: typeof CONNECT | typeof CONNACK;
	/** Largest allowed remaining length of a packet. */
	maxBytes: number;
	/** The same for the first packet, whose sender is not known yet. */
	maxFirstBytes: number;
	/** Judges what is passed on; see `ClientPackets.judge`. Undefined: nothing is looked at. */
	judge?: (data: Buffer, at: number, bodyAt: number, end: number) => number | Refusal | undefined;
	/** Everything behind the first packet waits in {@link PacketReader.rest}. */
	stopsAfterFirst?: boolean;
}

/** Takes a QoS 0 publish that is not retained; false when it has to take the slow path. */
export type TakePlain = (topic: Uint8Array, payload: Uint8Array, frame: Uint8Array) => boolean;

/**
 * Takes a PUBACK, PUBREC, PUBREL or PUBCOMP of four bytes; false when it has to take the slow path.
 * @param type Its first byte.
 * @param id Its packet id, never 0.
 */
export type TakeConfirmation = (type: number, id: number) => boolean;

/**
 * Takes a publish of QoS 1 or 2 that is not retained; false when it has to take the slow path.
 * @param id Its packet id, never 0.
 */
export type TakeConfirmed = (
	qos: number,
	id: number,
	topic: Uint8Array,
	payload: Uint8Array,
) => boolean;

export const CONNECT = 0x10;
export const CONNACK = 0x20;
const PUBLISH = 0x30;
export const PUBACK = 0x40;
export const PUBREC = 0x50;
/** With the flags it always has (`MQTT 3.1.1 §3.6.1`). */
export const PUBREL = 0x62;
export const PUBCOMP = 0x70;
const SUBSCRIBE = 0x80;
const UNSUBSCRIBE = 0xa0;
const DISCONNECT = 0xe0;
/** A publish for the fast path of up to this size is waited for when it arrives in pieces. */
const MAX_HELD_BYTES = 64 << 10;

/**
 * Follows the MQTT packet boundaries of a byte stream. A packet over the limit is refused
 * when its header arrives, not after it has filled the memory (`MQTT 3.1.1 §2.2`); a sender that does not begin
 * as the protocol says is refused at its first byte (`§3.1`, `§3.2`); publishes that are not retained and confirmations are
 * offered to a fast path, and everything else is passed on as it came.
 */
export class PacketReader {
	readonly #rules: PacketRules;
	readonly #takePlain: TakePlain;
	readonly #takeConfirmation: TakeConfirmation;
	readonly #takeConfirmed: TakeConfirmed | undefined;
	/** Bytes of the current packet's body that are still to be passed on. */
	#skip = 0;
	/** Beginning of a packet that is not complete enough to be judged. */
	#held: Buffer[] = [];
	#heldBytes = 0;
	/** Of which so many must be there. */
	#wanted = 0;
	#isFirst = true;
	/** The client has sent DISCONNECT: what follows is ignored. */
	#isOver = false;
	/** What arrived behind the first packet, where that is to wait; the caller takes it. */
	rest: Buffer | undefined;
	/** What the sender of a refused packet is to be told. */
	answer: Uint8Array | undefined;
	/** Messages, subscriptions and their ends passed on so far: what the fast path must not overtake. */
	passedOn = 0;

	constructor(
		rules: PacketRules,
		takePlain: TakePlain,
		takeConfirmation: TakeConfirmation = () => false,
		takeConfirmed?: TakeConfirmed,
	) {
		this.#rules = rules;
		this.#takePlain = takePlain;
		this.#takeConfirmation = takeConfirmation;
		this.#takeConfirmed = takeConfirmed;
	}

	/**
	 * Takes the next bytes, which must stay as they are.
	 * @returns what is to be passed on, in order, or what is wrong.
	 */
	read(chunk: Buffer): Buffer[] | string {
		const data = this.#isOver ? undefined : this.#joined(chunk);
		if (data === undefined) return [];
		const passed: Buffer[] = [];
		let from = Math.min(this.#skip, data.length);
		this.#skip -= from;
		let at = from;
		from = 0;
		while (at < data.length) {
			if (this.#isFirst && data[at] !== this.#rules.first) {
				return `the first packet is not ${this.#rules.first === CONNECT ? "CONNECT" : "CONNACK"}`;
			}
			const header = readLength(data, at + 1);
			if (header === "malformed") return "malformed packet length";
			if (header === undefined) break;
			const limit = this.#isFirst ? this.#rules.maxFirstBytes : this.#rules.maxBytes;
			const { length, bodyAt } = header;
			if (length > limit) return `packet of ${length} bytes, over the limit of ${limit}`;
			const end = bodyAt + length;
			if (!this.#isFirst && this.#mayTakeFastPath(data[at] ?? 0, length)) {
				if (end > data.length && end - at <= MAX_HELD_BYTES) {
					this.#wanted = end - at;
					break;
				}
				if (end <= data.length && this.#offer(data, at, bodyAt, end)) {
					if (from < at) passed.push(data.subarray(from, at));
					at = end;
					from = end;
					continue;
				}
			}
			const verdict = this.#rules.judge?.(data, at, bodyAt, end);
			if (typeof verdict === "number") {
				this.#wanted = verdict;
				break;
			}
			if (verdict !== undefined) {
				this.answer = verdict.answer;
				return verdict.reason;
			}
			if (this.#isFirst && this.#rules.stopsAfterFirst && end <= data.length) {
				this.#isFirst = false;
				this.rest = end < data.length ? Buffer.from(data.subarray(end)) : undefined;
				return [data.subarray(from, end)];
			}
			this.#isFirst = false;
			if (data[at] === DISCONNECT) {
				this.#isOver = true;
				passed.push(data.subarray(from, Math.min(end, data.length)));
				return passed;
			}
			if (isCounted((data[at] ?? 0) & 0xf0)) this.passedOn += 1;
			this.#skip = Math.max(0, end - data.length);
			at = Math.min(end, data.length);
		}
		if (from < at) passed.push(data.subarray(from, at));
		if (at < data.length) this.#hold(data.subarray(at));
		return passed;
	}

	/** The bytes held and these, or undefined while they are too few to go on with. */
	#joined(chunk: Buffer): Buffer | undefined {
		if (this.#held.length === 0) return chunk;
		if (this.#heldBytes + chunk.length < this.#wanted) {
			this.#hold(chunk);
			return undefined;
		}
		const data = Buffer.concat([...this.#held, chunk]);
		this.#held = [];
		this.#heldBytes = 0;
		this.#wanted = 0;
		return data;
	}

	#hold(bytes: Buffer): void {
		this.#held.push(Buffer.from(bytes));
		this.#heldBytes += bytes.length;
	}

	/** A confirmation has two bytes, but for the reasons of MQTT 5. */
	#mayTakeFastPath(first: number, length: number): boolean {
		if (first === PUBLISH) return true;
		if (isConfirmed(first)) return this.#takeConfirmed !== undefined;
		return (
			length === 2 &&
			(first === PUBACK || first === PUBREC || first === PUBREL || first === PUBCOMP)
		);
	}

	#offer(data: Buffer, at: number, bodyAt: number, end: number): boolean {
		const first = data[at] ?? 0;
		if (first >> 4 !== PUBLISH >> 4) {
			const id = numberAt(data, bodyAt);
			return id !== 0 && this.#takeConfirmation(first, id);
		}
		const topicEnd = bodyAt + 2 + numberAt(data, bodyAt);
		if (topicEnd > end) return false;
		const topic = data.subarray(bodyAt + 2, topicEnd);
		if (first === PUBLISH) {
			return this.#takePlain(topic, data.subarray(topicEnd, end), data.subarray(at, end));
		}
		const id = numberAt(data, topicEnd);
		if (topicEnd + 2 > end || id === 0 || this.#takeConfirmed === undefined) return false;
		return this.#takeConfirmed((first >> 1) & 3, id, topic, data.subarray(topicEnd + 2, end));
	}
}

function isCounted(type: number): boolean {
	return type === PUBLISH || type === SUBSCRIBE || type === UNSUBSCRIBE;
}

function numberAt(data: Buffer, at: number): number {
	return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}

/** Whether a packet is a PUBLISH of QoS 1 or 2 that is not retained, sent for the first time or again. */
function isConfirmed(first: number): boolean {
	const flags = first & 0x07;
	return first >> 4 === PUBLISH >> 4 && (flags === 2 || flags === 4);
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
