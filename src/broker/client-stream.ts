import { Duplex } from "node:stream";
import { ClientPackets, CONNECT, Outbox, PacketReader, PUBREC } from "../mqtt/mod.ts";
import type { Arrival, FastPath } from "./fast-path.ts";

/** The transport below a {@link ClientStream}: a TCP socket or a WebSocket. */
export interface Wire {
	readonly remoteAddress: string;
	/** Whether a page of another origin is on the other side, which may act only as a device it has the login of. */
	readonly isForeignPage?: boolean;
	/** Sends; returns how many bytes were taken (the rest is offered again at the next drain), -1 when closed. */
	write(data: Uint8Array): number;
	/** Taken by {@link write} and not sent yet, where the wire itself keeps what the client does not read. */
	readonly bufferedBytes: number;
	pause(): void;
	resume(): void;
	/** Whether `end` waits for the other side, which may take its time. */
	readonly lingers: boolean;
	/** Closes after what was written has left. */
	end(): void;
	/** Closes at once, dropping what has not left. */
	terminate(): void;
}

export interface ClientStreamOptions {
	/** Bytes held for a client, in each direction; above this it is disconnected. */
	maxQueueBytes: number;
	/** Largest incoming MQTT packet. */
	maxPacketBytes: number;
}

/** First byte of a PUBREL packet (`MQTT 3.1.1 §3.6`). */
const PUBREL = 0x62;
/** Largest CONNECT packet, will included. */
const MAX_CONNECT_BYTES = 16 << 10;

/**
 * Bytes of one client that are worked on before all others get their turn: who sends at full speed
 * must not make the others wait. What goes through aedes takes many times as long.
 */
const PLAIN_BYTES_PER_TURN = 8 << 10;
const BYTES_PER_TURN = 1 << 10;

/** So often a message takes the long way all the same: aedes watches whether a client is alive. */
const LIFE_SIGN_MS = 1000;
/** Longest wait for aedes to be done with it. */
const HOLD_MS = 100;
/** After this time aedes is done with a message, even if it never said so (a repeated one). */
const LONG_WAY_MS = 5000;

/**
 * One client's connection as the Duplex aedes works on, with a short way for plain messages past it.
 * Writes of one turn of the event loop leave in one piece, and a writer never waits: a client that does
 * not read is cut off instead of holding up everyone on its topics. Reading goes in turns.
 */
export class ClientStream extends Duplex {
	readonly #wire: Wire;
	readonly #reader: PacketReader;
	readonly #maxQueueBytes: number;
	readonly #outbox: Outbox;
	#readPaused = false;
	/** CONNECT has been passed on, CONNACK is not there yet: aedes would work on what follows as nobody's. */
	#isConnecting = false;
	/** What arrived and is not worked on yet. */
	#unread: Buffer[] = [];
	#unreadBytes = 0;
	#turnScheduled = false;
	#perTurn = BYTES_PER_TURN;
	#fastPath: { readonly way: FastPath; readonly arrival: Arrival } | undefined;
	/** The session ends with the connection. */
	#isClean = false;
	/** What aedes is done with: messages, subscriptions, their ends. The rest of those passed on is under way. */
	#done = 0;
	#lastPassedOn = 0;
	#gaveLifeSign = false;
	/** Set while the life sign is waited for. */
	#holdTimer: Timer | undefined;
	#whenSent: (() => void)[] = [];
	#inputEnded = false;
	/** Something has left for the client, if only its CONNACK. */
	#hasSent = false;

	constructor(wire: Wire, options: ClientStreamOptions) {
		super({ allowHalfOpen: false });
		this.#wire = wire;
		this.#outbox = new Outbox(
			(data) => {
				this.#hasSent = true;
				return wire.write(data);
			},
			() => this.#onSent(),
		);
		const { maxPacketBytes } = options;
		const packets = new ClientPackets();
		this.#reader = new PacketReader(
			{
				maxBytes: maxPacketBytes,
				first: CONNECT,
				maxFirstBytes: Math.min(MAX_CONNECT_BYTES, maxPacketBytes),
				judge: (data, at, bodyAt, end) => packets.judge(data, at, bodyAt, end),
				stopsAfterFirst: true,
			},
			(topic, payload, frame) => this.#takePlain(topic, payload, frame),
			(packet) => this.#takeConfirmation(packet),
		);
		this.#maxQueueBytes = options.maxQueueBytes;
	}

	get remoteAddress(): string {
		return this.#wire.remoteAddress;
	}

	/** Whether a page of another origin is on the other side. */
	get isForeignPage(): boolean {
		return this.#wire.isForeignPage === true;
	}

	/** Whether the client has its CONNACK and is still there. */
	get isOpen(): boolean {
		return this.#fastPath !== undefined;
	}

	/** Bytes that wait for the client to read. */
	get unsentBytes(): number {
		return this.#outbox.bytes + this.#wire.bufferedBytes;
	}

	/** The client has its CONNACK: plain messages may go past aedes from now on. */
	openFastPath(way: FastPath, from: Omit<Arrival, "route">, isClean: boolean): void {
		this.#isClean = isClean;
		this.#fastPath = { way, arrival: { ...from, route: undefined } };
		this.#lastPassedOn = performance.now();
		this.#isConnecting = false;
		this.#goOn();
	}

	/** aedes has published a message of this client, or is done with a SUBSCRIBE or UNSUBSCRIBE. */
	dealtWith(): void {
		this.#done += 1;
		if (this.#holdTimer !== undefined && this.#done === this.#reader.passedOn) this.#release();
	}

	/**
	 * Sends a whole packet past aedes; it is dropped while the client is not connected.
	 * @param isWhole Nothing more is to be expected this turn: it leaves at once.
	 */
	send(frame: Uint8Array, isWhole = true): void {
		if (this.#fastPath === undefined || this.destroyed) return;
		this.#outbox.add(frame);
		this.#leaveSoon(isWhole);
	}

	/** Takes nothing from the client until somebody reads from this stream. */
	holdBack(): void {
		this.#wait();
	}

	/** Bytes that arrived from the client; the caller may reuse them afterwards. */
	receive(chunk: Buffer): void {
		if (this.destroyed) return;
		const isFree = this.#unread.length === 0 && !this.#isHeld;
		if (isFree && chunk.length <= this.#perTurn) {
			if (!this.#work(chunk)) this.#wait();
			return;
		}
		this.#unread.push(Buffer.from(chunk));
		this.#unreadBytes += chunk.length;
		// A WebSocket cannot be paused.
		if (this.#unreadBytes > this.#maxQueueBytes) {
			this.destroy(new Error(`client sends too fast: ${this.#unreadBytes} bytes wait`));
			return;
		}
		this.#wait();
		this.#readInTurn();
	}

	/** The client sends nothing more: when all that came has been worked on, the connection ends. */
	inputEnded(): void {
		this.#inputEnded = true;
		this.#endSoon();
	}

	/** The wire can take more. */
	drained(): void {
		this.#outbox.drained();
	}

	/** Resolves when nothing waits for the client any more, or the client is gone. */
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
		this.#goOn();
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
		this.#unread = [];
		this.#fastPath = undefined;
		clearTimeout(this.#holdTimer);
		this.#onSent();
		done(error);
	}

	/** A turn later: aedes has seen a DISCONNECT by then. */
	#endSoon(): void {
		if (!this.#inputEnded || this.#unread.length > 0) return;
		setImmediate(() => {
			if (this.#unread.length === 0) this.destroy();
		});
	}

	#onSent(): void {
		if (this.#whenSent.length === 0) return;
		if (!this.destroyed && this.unsentBytes > 0) return;
		for (const resolve of this.#whenSent.splice(0)) resolve();
	}

	/** Takes a slice of what has arrived; the rest when others have had their turn. */
	#readInTurn(): void {
		if (this.#turnScheduled) return;
		this.#turnScheduled = true;
		setImmediate(() => {
			this.#turnScheduled = false;
			const [first] = this.#unread;
			if (first === undefined || this.destroyed || this.#isHeld) return;
			const slice = first.subarray(0, this.#perTurn);
			this.#unreadBytes -= slice.length;
			if (slice.length < first.length) this.#unread[0] = first.subarray(slice.length);
			else this.#unread.shift();
			if (this.#work(slice)) this.#goOn();
		});
	}

	/** Hands bytes on; false when aedes has enough for now. */
	#work(data: Buffer): boolean {
		const before = this.#reader.passedOn;
		const passed = this.#reader.read(data);
		if (typeof passed === "string") {
			if (this.#reader.answer !== undefined) this.#outbox.add(this.#reader.answer);
			this.destroy(new Error(passed));
			return false;
		}
		if (this.#fastPath === undefined && passed.length > 0) this.#waitForConnack();
		this.#perTurn = this.#reader.passedOn === before ? PLAIN_BYTES_PER_TURN : BYTES_PER_TURN;
		let wantsMore = true;
		for (const bytes of passed) wantsMore = this.push(Buffer.from(bytes));
		if (passed.length > 0) this.#lastPassedOn = performance.now();
		if (this.#gaveLifeSign) this.#hold();
		return wantsMore && !this.#isHeld;
	}

	/** What has arrived behind CONNECT comes first when the client has its CONNACK. */
	#waitForConnack(): void {
		const { rest } = this.#reader;
		this.#reader.rest = undefined;
		this.#isConnecting = true;
		if (rest === undefined) return;
		this.#unread.unshift(rest);
		this.#unreadBytes += rest.length;
	}

	/** Nothing that arrives may be worked on now. */
	get #isHeld(): boolean {
		return this.#isConnecting || this.#holdTimer !== undefined;
	}

	/**
	 * Works on nothing more until aedes is done with the life sign: what follows would have to take the
	 * long way too, so as not to overtake it, and at full speed that would never end.
	 */
	#hold(): void {
		this.#gaveLifeSign = false;
		if (this.destroyed || this.#done === this.#reader.passedOn) return;
		this.#wait();
		this.#holdTimer = setTimeout(() => this.#release(), HOLD_MS);
	}

	#release(): void {
		clearTimeout(this.#holdTimer);
		this.#holdTimer = undefined;
		this.#goOn();
	}

	#takePlain(topic: Uint8Array, payload: Uint8Array, frame: Uint8Array): boolean {
		if (this.#fastPath === undefined) return false;
		const since = performance.now() - this.#lastPassedOn;
		// One behind the other: no message overtakes one that aedes still works on.
		const underWay = this.#reader.passedOn !== this.#done && since < LONG_WAY_MS;
		if (since > LIFE_SIGN_MS) this.#gaveLifeSign = true;
		if (underWay || since > LIFE_SIGN_MS) return false;
		const { way, arrival } = this.#fastPath;
		return way.deliver(topic, payload, frame, arrival);
	}

	/** Where no session outlives the connection nothing is noted about what was confirmed (`MQTT 3.1.1 §4.3`). */
	#takeConfirmation(packet: Uint8Array): boolean {
		if (this.#fastPath === undefined || !this.#isClean) return false;
		// Packet id 0 is for others to refuse.
		if (packet.at(-1) === 0 && packet.at(-2) === 0) return false;
		if (performance.now() - this.#lastPassedOn > LIFE_SIGN_MS) return false;
		if (packet[0] === PUBREC) {
			const release = Buffer.from(packet);
			release[0] = PUBREL;
			this.send(release);
		}
		return true;
	}

	#wait(): void {
		if (this.#readPaused) return;
		this.#readPaused = true;
		this.#wire.pause();
	}

	#goOn(): void {
		if (this.#isHeld || this.destroyed) return;
		if (this.#unread.length > 0) {
			this.#readInTurn();
			return;
		}
		this.#endSoon();
		if (!this.#readPaused) return;
		this.#readPaused = false;
		this.#wire.resume();
	}

	#leaveSoon(isWhole: boolean): void {
		if (this.#outbox.bytes > this.#maxQueueBytes) {
			this.destroy(new Error(`client reads too slowly: ${this.#outbox.bytes} bytes wait for it`));
			return;
		}
		this.#outbox.leaveSoon(isWhole);
	}
}
