import { Duplex } from "node:stream";
import { type Clock, systemClock } from "../kit/mod.ts";
import { ClientPackets, CONNECT, Outbox, PacketReader } from "../mqtt/mod.ts";
import type { Arrival, FastPath } from "./fast-path.ts";
import { FastPathGate } from "./fast-path-gate.ts";
import type { FrameSink } from "./frame-sink.ts";
import type { Handshakes } from "./handshakes.ts";
import { KeepAlive } from "./keep-alive.ts";
import { ReadTurns } from "./read-turns.ts";
import type { Wire } from "./wire.ts";

export interface ClientStreamOptions {
	/** Bytes held for a client, in each direction; above this it is disconnected. */
	maxQueueBytes: number;
	/** Largest incoming MQTT packet. */
	maxPacketBytes: number;
}

/** Largest CONNECT packet, will included. */
const MAX_CONNECT_BYTES = 16 << 10;

/**
 * One client's connection as the Duplex aedes works on, with a fast path for messages past it.
 * Writes of one turn of the event loop leave in one piece, and a writer never waits: a client that does
 * not read is dropped instead of holding up everyone on its topics. Reading goes in turns.
 */
export class ClientStream extends Duplex implements FrameSink {
	readonly #wire: Wire;
	readonly #reader: PacketReader;
	readonly #gate: FastPathGate;
	readonly #turns: ReadTurns;
	readonly #keepAlive: KeepAlive;
	readonly maxUnsentBytes: number;
	readonly #outbox: Outbox;
	#whenSent: (() => void)[] = [];
	/** Something has left for the client, if only its CONNACK. */
	#hasSent = false;

	constructor(wire: Wire, options: ClientStreamOptions, clock: Clock = systemClock) {
		super({ allowHalfOpen: false });
		this.#keepAlive = new KeepAlive(() => this.disconnect("keep alive timeout"), clock);
		this.#wire = wire;
		this.maxUnsentBytes = options.maxQueueBytes;
		this.#outbox = new Outbox(
			(data) => {
				this.#hasSent = true;
				return wire.write(data);
			},
			() => this.#onSent(),
		);
		const gate = new FastPathGate({
			passedOn: () => this.#reader.passedOn,
			onReleased: () => this.#turns.goOn(),
		});
		this.#gate = gate;
		this.#turns = new ReadTurns({
			wire,
			maxBytes: options.maxQueueBytes,
			work: (data) => this.#work(data),
			isHeld: () => gate.isHeld,
			onOverflow: (bytes) => this.disconnect(`client sends too fast: ${bytes} bytes wait`),
			onEnd: () => this.destroy(),
		});
		const packets = new ClientPackets();
		this.#reader = new PacketReader(
			{
				maxBytes: options.maxPacketBytes,
				first: CONNECT,
				maxFirstBytes: Math.min(MAX_CONNECT_BYTES, options.maxPacketBytes),
				judge: (data, at, bodyAt, end) => packets.judge(data, at, bodyAt, end),
				stopsAfterFirst: true,
			},
			(topic, payload, frame) => gate.takePlain(topic, payload, frame),
			(type, id) => gate.takeConfirmation(type, id),
			(qos, id, topic, payload) => gate.takeConfirmed(qos, id, topic, payload),
		);
	}

	get remoteAddress(): string {
		return this.#wire.remoteAddress;
	}

	/** Whether a page of another origin is on the other side. */
	get isForeignPage(): boolean {
		return this.#wire.isForeignPage === true;
	}

	get isOpen(): boolean {
		return this.#gate.isOpen;
	}

	get unsentBytes(): number {
		return this.#outbox.bytes + this.#wire.bufferedBytes;
	}

	/** The client has its CONNACK: messages may go past aedes from now on. */
	openFastPath(path: FastPath, from: Omit<Arrival, "route">, handshakes: Handshakes): void {
		this.#gate.open(path, from, handshakes);
	}

	/** CONNECT has come. @param seconds Its keep alive; 0 is none. */
	keepAlive(seconds: number): void {
		if (!this.destroyed) this.#keepAlive.start(seconds);
	}

	/** aedes has published a message of this client, or is done with a SUBSCRIBE or UNSUBSCRIBE. */
	dealtWith(): void {
		this.#gate.dealtWith();
	}

	send(frame: Uint8Array, isWhole = true): void {
		if (!this.#gate.isOpen || this.destroyed) return;
		this.#outbox.add(frame);
		this.#leaveSoon(isWhole);
	}

	disconnect(reason: string): void {
		this.destroy(new Error(reason));
	}

	/** Takes nothing from the client until this stream is read. */
	holdBack(): void {
		this.#turns.pause();
	}

	/** Bytes that arrived from the client; the caller may reuse them afterwards. */
	receive(chunk: Buffer): void {
		if (this.destroyed) return;
		this.#keepAlive.heard();
		this.#turns.receive(chunk);
	}

	/** The client sends nothing more: when all that came has been worked on, the connection ends. */
	inputEnded(): void {
		this.#turns.inputEnded();
	}

	/** The wire can take more. */
	drained(): void {
		this.#outbox.drained();
	}

	whenSent(): Promise<void> {
		if (this.destroyed || this.unsentBytes === 0) return Promise.resolve();
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#whenSent.push(resolve);
		return promise;
	}

	/** The wire is gone. */
	wireClosed(): void {
		this.#outbox.clear();
		this.destroy();
	}

	/**
	 * All that has arrived, as Node.js gives it; Bun would give a piece. aedes asks for more while it is still
	 * busy with a packet it could deal with at once: a second piece would be read into the middle of that one.
	 */
	override read(size?: number): Buffer | null {
		const first: Buffer | null = super.read(size);
		if (first === null || this.readableLength === 0) return first;
		const pieces = [first];
		for (let next = super.read(); next !== null; next = super.read()) pieces.push(next);
		return Buffer.concat(pieces);
	}

	/** What aedes throws while it works on this client's bytes costs this client, not the loop that called. */
	override emit(...event: Parameters<Duplex["emit"]>): boolean {
		try {
			return super.emit(...event);
		} catch (error) {
			this.destroy(error instanceof Error ? error : new Error("failed inside the server"));
			return true;
		}
	}

	override _read(): void {
		this.#turns.goOn();
	}

	override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
		this.#outbox.add(chunk);
		done();
		this.#leaveSoon(false);
	}

	override _writev(chunks: { chunk: Buffer }[], done: (error?: Error) => void): void {
		for (const { chunk } of chunks) this.#outbox.add(chunk);
		done();
		this.#leaveSoon(false);
	}

	override _final(done: (error?: Error) => void): void {
		this.#outbox.flush();
		done();
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.#outbox.flush();
		const hasNothingToLose = this.#wire.lingers && !this.#hasSent;
		if (this.#outbox.bytes > 0 || hasNothingToLose) this.#wire.terminate();
		else this.#wire.end();
		this.#outbox.clear();
		this.#turns.close();
		this.#gate.close();
		this.#keepAlive.stop();
		this.#onSent();
		done(error);
	}

	#onSent(): void {
		if (this.#whenSent.length === 0) return;
		if (!this.destroyed && this.unsentBytes > 0) return;
		for (const resolve of this.#whenSent.splice(0)) resolve();
	}

	/** Hands bytes on; false when aedes has enough for now. */
	#work(data: Buffer): boolean {
		const before = this.#reader.passedOn;
		const passed = this.#reader.read(data);
		if (typeof passed === "string") {
			if (this.#reader.answer !== undefined) this.#outbox.add(this.#reader.answer);
			this.disconnect(passed);
			return false;
		}
		if (!this.#gate.isOpen && passed.length > 0) this.#waitForConnack();
		this.#turns.paceBy(this.#reader.passedOn === before);
		let wantsMore = true;
		for (const bytes of passed) wantsMore = this.push(Buffer.from(bytes));
		if (passed.length > 0) this.#gate.hasPassed();
		return wantsMore && !this.#gate.isHeld;
	}

	/** What has arrived behind CONNECT comes first when the client has its CONNACK. */
	#waitForConnack(): void {
		const { rest } = this.#reader;
		this.#reader.rest = undefined;
		this.#gate.connecting();
		if (rest !== undefined) this.#turns.putBack(rest);
	}

	#leaveSoon(isWhole: boolean): void {
		if (this.#outbox.isOver(this.maxUnsentBytes)) {
			this.disconnect(`client reads too slowly: ${this.#outbox.bytes} bytes wait for it`);
			return;
		}
		this.#outbox.leaveSoon(isWhole);
	}
}
