import { publishFrame } from "../mqtt/mod.ts";
import type { FrameSink } from "./frame-sink.ts";
import { PacketIds } from "./packet-ids.ts";

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
 * only packet ids are remembered. While there is no free one messages wait, as many bytes of them as may wait for the
 * client to read; then it is disconnected.
 */
export class InFlight {
	readonly #sink: FrameSink;
	readonly #ids = new PacketIds();
	#waiting: Waiting[] = [];
	/** The oldest that waits. */
	#first = 0;
	#waitingBytes = 0;

	constructor(sink: FrameSink) {
		this.#sink = sink;
	}

	/** @param isWhole See {@link FrameSink.send}. */
	send({ topic, payload, qos, retain }: ConfirmedMessage, isWhole: boolean): void {
		const id = this.#ids.take(qos);
		const frame = publishFrame({ topic, payload, qos, retain, dup: false, id: id ?? 0 });
		if (id !== undefined) {
			this.#sink.send(frame, isWhole);
			return;
		}
		const payloadBytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
		this.#waiting.push({ frame, idAt: frame.length - payloadBytes - 2, qos });
		this.#waitingBytes += frame.length;
		const bytes = this.#waitingBytes;
		if (bytes <= this.#sink.maxUnsentBytes) return;
		this.#forgetWaiting();
		this.#sink.disconnect(`client confirms too slowly: ${bytes} bytes wait for it`);
	}

	/** The client has confirmed a message to the end. @param qos See {@link PacketIds.release}. */
	confirmed(id: number, qos: number): void {
		if (!this.#ids.release(id, qos)) return;
		const next = this.#waiting[this.#first];
		if (next === undefined) return;
		this.#first += 1;
		this.#waitingBytes -= next.frame.length;
		if (this.#first === this.#waiting.length) this.#forgetWaiting();
		// The one that has just become free, at least.
		next.frame.writeUInt16BE(this.#ids.take(next.qos) ?? 0, next.idAt);
		this.#sink.send(next.frame);
	}

	#forgetWaiting(): void {
		this.#waiting = [];
		this.#first = 0;
		this.#waitingBytes = 0;
	}
}
