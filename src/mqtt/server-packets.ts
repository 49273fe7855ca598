import { FILTERS_AT_ONCE } from "./client-frames.ts";
import type { Qos } from "./port.ts";
import {
	CONNACK,
	ID_ONLY,
	PUBLISH,
	packetProblem,
	publishProblem,
	SUBACK,
	UNSUBACK,
} from "./server-rules.ts";

/** A message as a broker hands it over; its bytes are valid only during the call. */
export interface IncomingMessage {
	/** UTF-8, not checked yet. */
	readonly topic: Buffer;
	readonly payload: Buffer;
	readonly qos: Qos;
	readonly retained: boolean;
	/** It was sent before (`MQTT 3.1.1 §3.3.1.1`). */
	readonly dup: boolean;
	/** Packet id; 0 at QoS 0. */
	readonly id: number;
}

export interface ServerPacketEvents {
	/** @param code Of CONNACK: 0 is accepted (`MQTT 3.1.1 §3.2.2.3`). */
	onConnack(code: number, hadSession: boolean): void;
	onMessage(message: IncomingMessage): void;
	/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
	onId(type: number, id: number): void;
	/** SUBACK. @param codes One for each filter. */
	onGranted(id: number, codes: readonly number[]): void;
	/** UNSUBACK. */
	onUnsubscribed(id: number): void;
	/** PINGRESP. */
	onPong(): void;
}

/** Cuts what a broker sends into packets, and checks them as MQTT 3.1.1 demands; it ends with the first bad one. */
export class ServerPackets {
	readonly #events: ServerPacketEvents;
	#held: Buffer[] = [];
	#heldBytes = 0;
	/** Of which so many must be there before it is worth looking again. */
	#wanted = 0;
	#isFirst = true;
	/** Set, also while it reads: packets are kept until it is not, and {@link read} is called again. */
	isPaused = false;

	constructor(events: ServerPacketEvents) {
		this.#events = events;
	}

	/** Takes the next bytes; the caller may reuse them afterwards. @returns what is wrong; undefined while nothing is. */
	read(chunk: Buffer): string | undefined {
		if (this.isPaused || this.#heldBytes + chunk.length < this.#wanted) {
			this.#hold(chunk);
			return undefined;
		}
		const data = this.#heldBytes === 0 ? chunk : Buffer.concat([...this.#held, chunk]);
		this.#held = [];
		this.#heldBytes = 0;
		this.#wanted = 0;
		let at = 0;
		while (at + 2 <= data.length && !this.isPaused) {
			let bodyAt = at + 1;
			let byte = data[bodyAt++] ?? 0;
			let length = byte & 0x7f;
			for (let shift = 7; (byte & 0x80) !== 0 && bodyAt < data.length; shift += 7) {
				if (shift > 21) return "malformed packet length";
				byte = data[bodyAt++] ?? 0;
				length |= (byte & 0x7f) << shift;
			}
			if ((byte & 0x80) !== 0) break;
			if (this.#isFirst && (data[at] !== CONNACK || length !== 2)) {
				return "the first packet is not CONNACK";
			}
			const end = bodyAt + length;
			if (end > data.length) {
				this.#wanted = end - at;
				break;
			}
			const problem = this.#take(data, at, bodyAt, end);
			if (problem !== undefined) return problem;
			at = end;
		}
		if (at < data.length) this.#hold(data.subarray(at));
		return undefined;
	}

	#hold(bytes: Buffer): void {
		if (bytes.length === 0) return;
		this.#held.push(Buffer.from(bytes));
		this.#heldBytes += bytes.length;
	}

	#take(data: Buffer, at: number, bodyAt: number, end: number): string | undefined {
		const first = data[at] ?? 0;
		if ((first & 0xf0) === PUBLISH) return this.#message(data, first, bodyAt, end);
		const problem = packetProblem(data, at, bodyAt, end, this.#isFirst);
		if (problem !== undefined) return problem;
		if (ID_ONLY.has(first)) {
			this.#events.onId(first, data.readUInt16BE(bodyAt));
			return undefined;
		}
		switch (first) {
			case CONNACK:
				this.#isFirst = false;
				this.#events.onConnack(data[bodyAt + 1] ?? 0, data[bodyAt] === 1);
				return undefined;
			case SUBACK:
				if (end - bodyAt > 2 + FILTERS_AT_ONCE) return "SUBACK with more codes than filters";
				this.#events.onGranted(data.readUInt16BE(bodyAt), [...data.subarray(bodyAt + 2, end)]);
				return undefined;
			case UNSUBACK:
				this.#events.onUnsubscribed(data.readUInt16BE(bodyAt));
				return undefined;
			default:
				this.#events.onPong();
				return undefined;
		}
	}

	#message(data: Buffer, first: number, bodyAt: number, end: number): string | undefined {
		const problem = publishProblem(data, first, bodyAt, end);
		if (problem !== undefined) return problem;
		const bits = (first >> 1) & 3;
		const qos: Qos = bits === 0 ? 0 : bits === 1 ? 1 : 2;
		const topicEnd = bodyAt + 2 + data.readUInt16BE(bodyAt);
		this.#events.onMessage({
			topic: data.subarray(bodyAt + 2, topicEnd),
			payload: data.subarray(qos === 0 ? topicEnd : topicEnd + 2, end),
			qos,
			retained: (first & 1) !== 0,
			dup: (first & 8) !== 0,
			id: qos === 0 ? 0 : data.readUInt16BE(topicEnd),
		});
		return undefined;
	}
}
