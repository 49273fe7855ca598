// A connection of bytes to an MQTT broker, over TCP or WebSocket, for what no client library would send.
import { connect } from "node:net";
import { DEADLINE_MS, until, within } from "./waiting.ts";

/** A field of text, or of bytes that are none. */
export function field(value: string | Uint8Array): Buffer {
	const bytes = Buffer.from(value);
	return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A packet of any first byte and body. */
export function packet(first: number, ...body: (number | Uint8Array)[]): Buffer {
	const content = Buffer.concat(
		body.map((part) => (typeof part === "number" ? Buffer.from([part]) : part)),
	);
	const head = [first];
	let length = content.length;
	do {
		head.push((length & 0x7f) | (length > 127 ? 0x80 : 0));
		length >>>= 7;
	} while (length > 0);
	return Buffer.concat([Buffer.from(head), content]);
}

export const number = (value: number) => Buffer.from([value >> 8, value & 0xff]);

export interface ConnectFields {
	readonly name?: string;
	readonly level?: number;
	/** Connect flags; 2 is "clean session" alone. */
	readonly flags?: number;
	readonly keepAlive?: number;
	readonly clientId?: string | Uint8Array;
	/** What follows the client id: will, user name, password. */
	readonly more?: readonly Uint8Array[];
}

/** A CONNECT packet, right by default. */
export function connectPacket(fields: ConnectFields = {}): Buffer {
	const {
		name = "MQTT",
		level = 4,
		flags = 2,
		keepAlive = 0,
		clientId = "raw",
		more = [],
	} = fields;
	return packet(0x10, field(name), level, flags, number(keepAlive), field(clientId), ...more);
}

/** A packet as it was received. */
export interface RawPacket {
	readonly first: number;
	readonly body: Buffer;
}

interface Ends {
	send(data: Uint8Array): void;
	close(): void;
}

export class RawLink {
	readonly #ends: Ends;
	#received: Buffer = Buffer.alloc(0);
	readonly #packets: RawPacket[] = [];
	#isClosed = false;

	private constructor(start: (link: RawLink) => Ends) {
		this.#ends = start(this);
	}

	/** Opens a connection and sends nothing. @param url `mqtt://…` or `ws://…` */
	static async open(url: string): Promise<RawLink> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const link = new RawLink((own) =>
			url.startsWith("ws") ? webSocket(url, own, resolve, reject) : tcp(url, own, resolve, reject),
		);
		await within(promise, `a connection to ${url}`);
		return link;
	}

	/** Opens a connection and says CONNECT. @returns it, with its CONNACK taken. */
	static async connected(url: string, fields: ConnectFields = {}): Promise<RawLink> {
		const link = await RawLink.open(url);
		link.send(connectPacket(fields));
		await link.take(0x20);
		return link;
	}

	get isClosed(): boolean {
		return this.#isClosed;
	}

	send(...parts: Uint8Array[]): void {
		this.#ends.send(Buffer.concat(parts));
	}

	/** The next packet that begins so, now or when it comes; others stay. */
	async take(first: number, what = `a packet 0x${first.toString(16)}`): Promise<RawPacket> {
		return this.next((candidate) => candidate.first === first, what);
	}

	async next(fits: (candidate: RawPacket) => boolean, what: string): Promise<RawPacket> {
		let found: RawPacket | undefined;
		await until(() => {
			const at = this.#packets.findIndex(fits);
			[found] = at < 0 ? [] : this.#packets.splice(at, 1);
			return found !== undefined || (this.#isClosed && at < 0);
		}, what);
		if (found === undefined) throw new Error(`The connection ended without ${what}`);
		return found;
	}

	/** All packets that are there and not taken. */
	get waiting(): readonly RawPacket[] {
		return this.#packets;
	}

	/** Sends a PINGREQ and waits for its answer: all that was sent before has been worked on then. */
	async settled(): Promise<void> {
		this.send(Buffer.from([0xc0, 0]));
		await this.take(0xd0, "a PINGRESP");
	}

	/** Waits for the other side to close. @returns what arrived and was not taken, packet by packet. */
	async closed(ms = DEADLINE_MS): Promise<readonly RawPacket[]> {
		await until(() => this.#isClosed, "the end of the connection", { ms });
		return this.#packets;
	}

	/** Leaves without a word. */
	end(): void {
		this.#ends.close();
	}

	/** Bytes arrived. */
	receive(chunk: Uint8Array): void {
		this.#received = Buffer.concat([this.#received, chunk]);
		for (;;) {
			let length = 0;
			let at = 1;
			for (let factor = 1; ; factor *= 128) {
				const byte = this.#received[at];
				if (byte === undefined) return;
				at += 1;
				length += (byte & 0x7f) * factor;
				if (byte < 128) break;
			}
			if (at + length > this.#received.length) return;
			const body = Buffer.from(this.#received.subarray(at, at + length));
			this.#packets.push({ first: this.#received[0] ?? 0, body });
			this.#received = this.#received.subarray(at + length);
		}
	}

	/** The connection is gone. */
	gone(): void {
		this.#isClosed = true;
	}
}

function tcp(url: string, link: RawLink, onOpen: () => void, onError: (e: Error) => void): Ends {
	const socket = connect(Number(new URL(url).port), "127.0.0.1", onOpen);
	socket.setNoDelay(true);
	socket.on("data", (chunk: Buffer) => link.receive(chunk));
	socket.on("error", (error) => {
		link.gone();
		onError(error);
	});
	socket.on("close", () => link.gone());
	return { send: (data) => void socket.write(data), close: () => void socket.destroy() };
}

function webSocket(
	url: string,
	link: RawLink,
	onOpen: () => void,
	onError: (e: Error) => void,
): Ends {
	const socket = new WebSocket(`${url}/mqtt`, ["mqtt"]);
	socket.binaryType = "arraybuffer";
	socket.addEventListener("open", onOpen);
	socket.addEventListener("message", ({ data }) => link.receive(new Uint8Array(data)));
	socket.addEventListener("error", () => onError(new Error("WebSocket failed")));
	socket.addEventListener("close", () => link.gone());
	return { send: (data) => socket.send(new Uint8Array(data)), close: () => socket.close() };
}
