import { publishFrame } from "../mqtt/mod.ts";
import type { FrameSink } from "./frame-sink.ts";

/**
 * Messages a client may leave unconfirmed. Half of all packet ids: whichever of them it confirms, a free one is
 * found after a step on average.
 */
export const WINDOW = 32_767;
export const LAST_ID = 65_535;

/** A message as one reader gets it, but for its packet id. */
export interface ConfirmedMessage {
	/** UTF-8. */
	readonly topic: Uint8Array;
	readonly payload: string | Uint8Array;
	/** 1 or 2. */
	readonly qos: number;
	readonly retain: boolean;
}

interface Waiting {
	readonly frame: Buffer;
	/** Where its packet id goes. */
	readonly idAt: number;
	readonly qos: number;
}

/**
 * QoS 1 and 2 messages on their way to a client whose session ends with its connection. Nothing is sent again, so
 * only packet ids are remembered, none of which is used twice at a time (`MQTT-2.3.1-4`). Beyond {@link WINDOW} messages
 * wait for confirmations, as many bytes of them as may wait for the client to read; then it is disconnected.
 */
export class InFlight {
	readonly #sink: FrameSink;
	/** Packet id → QoS. */
	readonly #unconfirmed = new Map<number, number>();
	#lastId = 0;
	#waiting: Waiting[] = [];
	/** The oldest that waits. */
	#first = 0;
	#waitingBytes = 0;

	constructor(sink: FrameSink) {
		this.#sink = sink;
	}

	/** @param isWhole See {@link FrameSink.send}. */
	send({ topic, payload, qos, retain }: ConfirmedMessage, isWhole: boolean): void {
		if (this.#unconfirmed.size < WINDOW) {
			const id = this.#takeId(qos);
			this.#sink.send(publishFrame({ topic, payload, qos, retain, dup: false, id }), isWhole);
			return;
		}
		const frame = publishFrame({ topic, payload, qos, retain, dup: false, id: 0 });
		const payloadBytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
		this.#waiting.push({ frame, idAt: frame.length - payloadBytes - 2, qos });
		this.#waitingBytes += frame.length;
		if (this.#waitingBytes <= this.#sink.maxUnsentBytes) return;
		const bytes = this.#waitingBytes;
		this.clear();
		this.#sink.disconnect(`client confirms too slowly: ${bytes} bytes wait for it`);
	}

	/** The client has confirmed a message to the end. @param qos That of the confirmation: 1 is PUBACK, 2 is PUBCOMP. */
	confirmed(id: number, qos: number): void {
		if (this.#unconfirmed.get(id) !== qos) return;
		this.#unconfirmed.delete(id);
		const next = this.#waiting[this.#first];
		if (next === undefined) return;
		this.#first += 1;
		this.#waitingBytes -= next.frame.length;
		if (this.#first === this.#waiting.length) this.clear();
		next.frame.writeUInt16BE(this.#takeId(next.qos), next.idAt);
		this.#sink.send(next.frame);
	}

	/** Forgets what waits. */
	clear(): void {
		this.#waiting = [];
		this.#first = 0;
		this.#waitingBytes = 0;
	}

	#takeId(qos: number): number {
		do this.#lastId = this.#lastId === LAST_ID ? 1 : this.#lastId + 1;
		while (this.#unconfirmed.has(this.#lastId));
		this.#unconfirmed.set(this.#lastId, qos);
		return this.#lastId;
	}
}
