import type { Socket } from "node:net";
import { BrokenRule } from "./broken-rules.ts";
import type { AddressOptions } from "./broker-connection.ts";
import { openSocket } from "./broker-socket.ts";
import {
	connectFrame,
	DISCONNECT,
	FILTERS_AT_ONCE,
	FIRST_ASKED_ID,
	LAST_ASKED_ID,
	PINGREQ,
	subscribeFrame,
	unsubscribeFrame,
} from "./client-frames.ts";
import { Outbox } from "./outbox.ts";
import { type IncomingMessage, ServerPackets } from "./server-packets.ts";

/** A broker that hangs is noticed after twice this time. */
const KEEP_ALIVE_S = 5;
const NOTHING = Buffer.alloc(0);
/** `MQTT 3.1.1 §3.2.2.3` */
const REFUSALS = [
	...["", "unacceptable protocol version", "identifier rejected", "server unavailable"],
	...["bad user name or password", "not authorized"],
];

export interface DataConnectionOptions extends AddressOptions {
	readonly clientId: string;
	/** False: the broker keeps subscriptions, and what comes for them, while we are away. */
	readonly clean: boolean;
}

/** What a connection tells; none of it may throw. */
export interface DataConnectionEvents {
	/** @param hadSession The broker has kept the session. */
	onConnect(connection: DataConnection, hadSession: boolean): void;
	/** Once: it has ended, or could not be opened. @param isBroken The broker broke a rule of MQTT 3.1.1. */
	onClose(connection: DataConnection, reason: string, isBroken: boolean): void;
	onMessage(message: IncomingMessage): void;
	/** PUBACK, PUBREC, PUBREL or PUBCOMP has come. */
	onId(type: number, id: number): void;
}

/** A connection to another program's broker that speaks MQTT 3.1.1 by itself, from its CONNECT to its end. */
export class DataConnection {
	readonly #events: DataConnectionEvents;
	readonly #socket: Socket;
	readonly #outbox: Outbox;
	readonly #packets: ServerPackets;
	/** SUBSCRIBE and UNSUBSCRIBE that were not answered, by packet id. */
	readonly #asked = new Map<number, (codes: readonly number[] | undefined) => void>();
	#nextId = FIRST_ASKED_ID;
	#since: number | undefined;
	#connectTimer: Timer | undefined;
	#pingTimer: Timer | undefined;
	#awaitsPong = false;
	readonly #pauses = new Set<string>();
	#isReading = false;
	#isOver = false;

	constructor(options: DataConnectionOptions, events: DataConnectionEvents) {
		this.#events = events;
		this.#socket = openSocket(options, (error) => this.#close(error.message));
		this.#outbox = new Outbox((data) => {
			this.#socket.write(data);
			return data.length;
		});
		this.#packets = new ServerPackets({
			onConnack: (code, hadSession) => this.#onConnack(code, hadSession),
			onMessage: (message) => events.onMessage(message),
			onId: (type, id) => events.onId(type, id),
			onGranted: (id, codes) => this.#answer(id, codes),
			onUnsubscribed: (id) => this.#answer(id, []),
			onPong: () => {},
		});
		this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
		this.#socket.on("error", (error) => this.#close(error.message));
		this.#socket.on("close", () => this.#close("the connection was closed"));
		this.send(connectFrame({ ...options, keepAliveSeconds: KEEP_ALIVE_S }));
		this.#connectTimer = setTimeout(
			() => this.#close("the broker does not answer"),
			options.connectTimeoutMs,
		);
	}

	/** Whether the broker has accepted it, and it has not ended. */
	get isConnected(): boolean {
		return this.#since !== undefined && !this.#isOver;
	}

	/** How long it has been accepted, milliseconds; 0 when it never was. */
	get livedMs(): number {
		return this.#since === undefined ? 0 : performance.now() - this.#since;
	}

	/** Bytes that wait to be sent. */
	get unsentBytes(): number {
		return this.#outbox.bytes + this.#socket.writableLength;
	}

	/** Sends a whole packet; packets of one turn of the event loop leave in one piece. */
	send(frame: Uint8Array): void {
		if (this.#isOver) return;
		this.#outbox.add(frame);
		this.#outbox.leaveSoon(true);
	}

	/** @returns the SUBACK's codes, one for each filter; undefined when the connection was lost first. */
	async subscribe(filters: readonly string[], qos: number): Promise<number[] | undefined> {
		const all: number[] = [];
		for (let at = 0; at < filters.length; at += FILTERS_AT_ONCE) {
			const some = filters.slice(at, at + FILTERS_AT_ONCE);
			const codes = await this.#ask((id) => subscribeFrame(id, some, qos));
			if (codes === undefined) return undefined;
			if (codes.length !== some.length) {
				this.#broken(`SUBACK with ${codes.length} codes for ${some.length} filters`);
				return undefined;
			}
			all.push(...codes);
		}
		return all;
	}

	/** Resolves when the broker has confirmed it, or the connection is lost. */
	async unsubscribe(filters: readonly string[]): Promise<void> {
		await this.#ask((id) => unsubscribeFrame(id, filters));
	}

	/** Reads nothing from the broker while there is any reason for that. */
	pause(reason: "held" | "crowd", isSo: boolean): void {
		if (isSo) this.#pauses.add(reason);
		else this.#pauses.delete(reason);
		this.#awaitsPong = false;
		const wasPaused = this.#packets.isPaused;
		this.#packets.isPaused = this.#pauses.size > 0;
		if (this.#packets.isPaused) this.#socket.pause();
		else if (wasPaused) {
			this.#socket.resume();
			// What had been read already: later, since the caller may not be done. Within a read it goes on by itself.
			if (!this.#isReading) queueMicrotask(() => this.#read(NOTHING));
		}
	}

	/** Ends it at once. */
	cut(): void {
		this.#close("the connection was closed");
	}

	/** Sends what waits, says goodbye and ends it; resolves when the broker has closed it. */
	leave(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		if (this.#isOver) return Promise.resolve();
		this.#outbox.add(DISCONNECT);
		this.#outbox.flush();
		this.#socket.once("close", () => resolve());
		// Nothing is heard any more, but what waits to be read must not keep the connection open.
		this.#socket.removeAllListeners("data");
		this.#socket.resume();
		this.#socket.end();
		return promise;
	}

	#read(chunk: Buffer): void {
		if (this.#isOver) return;
		this.#awaitsPong = false;
		this.#isReading = true;
		const problem = this.#packets.read(chunk);
		this.#isReading = false;
		if (problem !== undefined) this.#broken(problem);
	}

	#broken(problem: string): void {
		this.#close(new BrokenRule(problem).message, true);
	}

	#onConnack(code: number, hadSession: boolean): void {
		clearTimeout(this.#connectTimer);
		if (code !== 0) {
			this.#close(`connection refused: ${REFUSALS[code] ?? `code ${code}`}`);
			return;
		}
		this.#since = performance.now();
		this.#pingTimer = setInterval(() => this.#ping(), KEEP_ALIVE_S * 1000);
		this.#events.onConnect(this, hadSession);
	}

	#ping(): void {
		if (this.#awaitsPong && this.#pauses.size === 0) {
			this.#close("the broker does not answer");
			return;
		}
		this.#awaitsPong = true;
		this.send(PINGREQ);
	}

	#ask(frame: (id: number) => Buffer): Promise<readonly number[] | undefined> {
		if (this.#isOver) return Promise.resolve(undefined);
		const { promise, resolve } = Promise.withResolvers<readonly number[] | undefined>();
		const id = this.#nextId;
		this.#nextId = id === LAST_ASKED_ID ? FIRST_ASKED_ID : id + 1;
		// Of so many that were never answered the oldest is given up.
		this.#asked.get(id)?.(undefined);
		this.#asked.set(id, resolve);
		this.send(frame(id));
		return promise;
	}

	#answer(id: number, codes: readonly number[]): void {
		const resolve = this.#asked.get(id);
		this.#asked.delete(id);
		resolve?.(codes);
	}

	#close(reason: string, isBroken = false): void {
		if (this.#isOver) return;
		this.#isOver = true;
		clearTimeout(this.#connectTimer);
		clearInterval(this.#pingTimer);
		this.#outbox.clear();
		this.#socket.destroy();
		for (const resolve of this.#asked.values()) resolve(undefined);
		this.#asked.clear();
		this.#events.onClose(this, reason, isBroken);
	}
}
