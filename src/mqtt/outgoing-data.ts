import { FIRST_ASKED_ID, idFrame, PUBACK, PUBCOMP, PUBREC, PUBREL } from "./client-frames.ts";
import type { Qos } from "./port.ts";
import { publishFrame } from "./publish-frame.ts";
import { UnconfirmedIds } from "./unconfirmed-ids.ts";

/**
 * Messages of QoS 2 that were not received yet: mosquitto 2.0.11 confirms more than its max_inflight_messages
 * (20 unless set) of one publisher, but delivers only so many.
 */
const MAX_UNRECEIVED = 20;
/** Packet ids of QoS 2 are these, those of QoS 1 the others: a new process can release all of its predecessor's. */
const LAST_ID_OF_2 = 60;
/** Above are those of SUBSCRIBE and UNSUBSCRIBE. */
const LAST_ID = FIRST_ASKED_ID - 1;
/** Of messages that wait while there is a connection: the broker was told, or will be, that what caused them is done. */
const MAX_WAITING_BYTES = 64 << 20;

/** Beyond so many bytes that the connection has not taken nothing is sent that can wait, and what cannot is refused. */
const MAX_UNSENT_BYTES = 16 << 20;

/** What takes the packets. */
export interface Outlet {
	/** The highest QoS the broker supports. */
	readonly maxQos: Qos;
	/** Bytes that it has been given and could not send yet. */
	readonly unsentBytes: number;
	send(frame: Uint8Array): void;
}

export interface OutgoingDataDeps {
	readonly limits: { readonly maxUnsent: number };
	/** A message has gone out that had to wait. */
	readonly onWritten: () => void;
	/** A broker that does what MQTT 3.1.1 forbids. */
	readonly onBroken: (what: string) => void;
}

interface Message {
	readonly topic: Buffer;
	readonly json: string | Uint8Array;
	readonly wanted: Qos;
	readonly resolve: () => void;
	readonly reject: (error: Error) => void;
	qos: Qos;
	/** Of QoS 2: PUBREC has come. */
	isReceived: boolean;
}

/** Results on their way to another program's broker: bounded, in order, sent again after a lost connection. */
export class OutgoingData {
	readonly #deps: OutgoingDataDeps;
	#waiting: Message[] = [];
	#head = 0;
	#waitingBytes = 0;
	/** By packet id, in the order they were sent first. */
	readonly #inFlight = new Map<number, Message>();
	#unreceived = 0;
	readonly #idsOf1 = new UnconfirmedIds(LAST_ID_OF_2 + 1, LAST_ID);
	#nextId2 = 1;
	#outlet: Outlet | undefined;
	/** Messages handed over so far, and those of them that have gone out. */
	added = 0;
	written = 0;
	#isFresh = true;
	/** Packet ids that were released in the name of the process before, again over each connection until PUBCOMP comes. */
	readonly #released = new Set<number>();

	constructor(deps: OutgoingDataDeps) {
		this.#deps = deps;
	}

	/** Messages that have not gone out. */
	get waiting(): number {
		return this.#waiting.length - this.#head;
	}

	/** Whether nothing was sent yet by this process: the broker may have results of the one before to pass on. */
	get isFresh(): boolean {
		return this.#isFresh;
	}

	/**
	 * A connection was accepted. Where it is the first one, what the broker grants has to be known.
	 * @param hadSession The broker knows what is in flight.
	 */
	opened(outlet: Outlet, hadSession: boolean): void {
		this.#outlet = outlet;
		// Those of the former process that the broker has not passed on yet; of others it knows nothing.
		if (this.#isFresh) for (let id = 1; id <= LAST_ID_OF_2; id++) this.#released.add(id);
		this.#isFresh = false;
		// RabbitMQ, which knows no QoS 2, waits for ever for the rest of a PUBREL and answers nothing more.
		if (!hadSession || outlet.maxQos < 2) this.#released.clear();
		for (const id of this.#released) outlet.send(idFrame(PUBREL, id));
		for (const [id, message] of this.#inFlight) {
			if (!hadSession && message.isReceived) {
				message.isReceived = false;
				this.#unreceived += 1;
			}
			if (message.isReceived) outlet.send(idFrame(PUBREL, id));
			else outlet.send(frameOf(message, id, hadSession));
		}
		this.#sendMore();
	}

	closed(): void {
		this.#outlet = undefined;
	}

	/** Takes a message; undefined when it has gone out and will not be confirmed. */
	add(topic: string, json: string | Uint8Array, wanted: Qos): Promise<void> | undefined {
		const outlet = this.#outlet;
		if (wanted === 0 && outlet === undefined) {
			return Promise.reject(new Error("cannot reach the broker"));
		}
		if (wanted === 0 && outlet !== undefined && outlet.unsentBytes > MAX_UNSENT_BYTES) {
			return Promise.reject(new Error(`${outlet.unsentBytes} bytes are waiting for the broker`));
		}
		if (outlet !== undefined && this.waiting === 0 && (wanted === 0 || outlet.maxQos === 0)) {
			this.added += 1;
			this.written += 1;
			outlet.send(publishFrame({ ...PLAIN, topic: Buffer.from(topic), payload: json }));
			return undefined;
		}
		const isFull =
			outlet === undefined
				? this.waiting >= this.#deps.limits.maxUnsent
				: this.#waitingBytes > MAX_WAITING_BYTES;
		if (isFull) {
			return Promise.reject(
				new Error(`${this.waiting} messages are already waiting for the broker`),
			);
		}
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const message = { topic: Buffer.from(topic), json, wanted, qos: wanted, isReceived: false };
		this.#waiting.push({ ...message, resolve, reject });
		this.#waitingBytes += json.length;
		this.added += 1;
		this.#send();
		return promise;
	}

	/** PUBACK, PUBREC or PUBCOMP has come (`MQTT 3.1.1 §4.3`). */
	confirmed(type: number, id: number): void {
		const message = this.#inFlight.get(id);
		const isOfFormer = this.#released.delete(id) && type === PUBCOMP;
		if (isOfFormer && message?.isReceived !== true) return;
		if (type === PUBREC) this.#outlet?.send(idFrame(PUBREL, id));
		if (message === undefined) {
			this.#deps.onBroken(confirmedNothing(type, id));
			return;
		}
		if ((type === PUBACK) !== (message.qos === 1) || (type === PUBCOMP && !message.isReceived)) {
			this.#deps.onBroken(confirmedNothing(type, id));
			return;
		}
		if (type === PUBREC) {
			if (message.isReceived) return;
			message.isReceived = true;
			this.#unreceived -= 1;
		} else {
			this.#inFlight.delete(id);
			if (message.qos === 1) this.#idsOf1.give(id);
		}
		message.resolve();
		this.#sendMore();
	}

	/** Gives up what is left. */
	rejectAll(error: Error): void {
		const left = [...this.#inFlight.values(), ...this.#waiting.slice(this.#head)];
		this.#inFlight.clear();
		this.#waiting = [];
		this.#waitingBytes = 0;
		this.#head = 0;
		for (const { reject } of left) reject(error);
	}

	/** Sends as many as may be in flight, none before one that came earlier. */
	#send(): void {
		const outlet = this.#outlet;
		if (outlet === undefined || this.waiting === 0) return;
		for (; this.#head < this.#waiting.length; this.#head++) {
			const message = this.#waiting[this.#head];
			if (message === undefined) break;
			message.qos = message.wanted < outlet.maxQos ? message.wanted : outlet.maxQos;
			if (message.qos === 0) {
				outlet.send(publishFrame({ ...PLAIN, topic: message.topic, payload: message.json }));
				message.resolve();
			} else {
				// What is in flight will be confirmed, and takes the next one along.
				const isFull = outlet.unsentBytes > MAX_UNSENT_BYTES && this.#inFlight.size > 0;
				const id = isFull ? undefined : this.#takeId(message);
				if (id === undefined) break;
				this.#inFlight.set(id, message);
				outlet.send(frameOf(message, id, false));
			}
			this.written += 1;
			this.#waitingBytes -= message.json.length;
		}
		if (this.#head === this.#waiting.length) {
			this.#waiting = [];
			this.#head = 0;
		} else if (this.#head > 1024) {
			this.#waiting = this.#waiting.slice(this.#head);
			this.#head = 0;
		}
	}

	/** The same where messages may have waited. */
	#sendMore(): void {
		const before = this.written;
		this.#send();
		if (this.written > before) this.#deps.onWritten();
	}

	/** A free packet id, now in use; undefined while so many are in flight as may be. */
	#takeId({ qos, json }: Message): number | undefined {
		if (qos === 1) return this.#idsOf1.take(json.length);
		if (this.#unreceived >= MAX_UNRECEIVED) return undefined;
		for (let tries = 0; tries < LAST_ID_OF_2; tries++) {
			const id = this.#nextId2;
			this.#nextId2 = (id % LAST_ID_OF_2) + 1;
			if (this.#inFlight.has(id)) continue;
			this.#unreceived += 1;
			return id;
		}
		return undefined;
	}
}

const PLAIN = { qos: 0, retain: false, dup: false, id: undefined };

function frameOf({ topic, json, qos }: Message, id: number, dup: boolean): Buffer {
	return publishFrame({ topic, payload: json, qos, retain: false, dup, id });
}

function confirmedNothing(type: number, id: number): string {
	const name = type === PUBACK ? "PUBACK" : type === PUBREC ? "PUBREC" : "PUBCOMP";
	return `it sends ${name} for packet id ${id}, which does not wait for one`;
}
