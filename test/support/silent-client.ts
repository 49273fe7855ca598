// An MQTT client with a persistent session that answers nothing by itself: packets are looked at and sent one by one.
import type { Socket } from "bun";
import { eachPacket, header } from "./raw-mqtt.ts";
import { Inbox } from "./waiting.ts";

/** A packet of the broker. */
export interface Packet {
	/** Its type and flags (`MQTT 3.1.1 §2.2`). */
	readonly first: number;
	/** Packet id, where it has one. */
	readonly id: number | undefined;
	/** Of a PUBLISH. */
	readonly topic: string | undefined;
	/** Of a PUBLISH the payload, of others what stands before or behind the packet id. */
	readonly text: string;
}

const PUBLISH = 3;
const DUP = 8;

const word = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const field = (value: string) =>
	Buffer.concat([word(Buffer.byteLength(value)), Buffer.from(value)]);

/** Whether a PUBLISH says that it was sent before. */
export function isDup({ first }: Packet): boolean {
	return (first & DUP) !== 0;
}

export class SilentClient {
	readonly #inbox = new Inbox<Packet>();
	readonly #socket: Socket;
	#rest = Buffer.alloc(0);

	private constructor(socket: Socket) {
		this.#socket = socket;
	}

	/** Comes for the session of a client id. @returns with whether the broker had one. */
	static async connect(url: string, clientId: string): Promise<[SilentClient, boolean]> {
		const { hostname, port } = new URL(url);
		let client: SilentClient | undefined;
		const socket = await Bun.connect({
			hostname,
			port: Number(port),
			socket: { data: (_socket, chunk) => client?.receive(chunk) },
		});
		client = new SilentClient(socket);
		client.#send(0x10, field("MQTT"), Buffer.from([4, 0, 0, 0]), field(clientId));
		const { text } = await client.next(0x20);
		return [client, text.charCodeAt(0) === 1];
	}

	async subscribe(filter: string, qos: number): Promise<void> {
		this.#send(0x82, word(1), field(filter), Buffer.from([qos]));
		await this.next(0x90);
	}

	publish(id: number, topic: string, text: string, qos: number, isDuplicate = false): void {
		const first = 0x30 | (isDuplicate ? DUP : 0) | (qos << 1);
		this.#send(first, field(topic), word(id), Buffer.from(text));
	}

	/** Sends a packet that is nothing but its packet id. */
	confirm(first: number, id: number): void {
		this.#send(first, word(id));
	}

	/** The next packet of a type (the upper half of `first`). */
	next(first: number): Promise<Packet> {
		const what = `a packet of type ${first >> 4}`;
		return this.#inbox.take(what, (packet) => packet.first >> 4 === first >> 4);
	}

	/** Leaves without a word. */
	vanish(): void {
		this.#socket.terminate();
	}

	#send(first: number, ...parts: Buffer[]): void {
		const body = Buffer.concat(parts);
		this.#socket.write(Buffer.concat([header(first, body.length), body]));
	}

	/** Bytes arrived. */
	receive(chunk: Buffer): void {
		const data = Buffer.concat([this.#rest, chunk]);
		const at = eachPacket(data, (first, start, end) =>
			this.#inbox.add(packetOf(first, Buffer.from(data.subarray(start, end)))),
		);
		this.#rest = Buffer.from(data.subarray(at));
	}
}

function packetOf(first: number, body: Buffer): Packet {
	if (first >> 4 === PUBLISH) {
		const end = 2 + body.readUInt16BE(0);
		const hasId = (first & 6) !== 0;
		return {
			first,
			id: hasId ? body.readUInt16BE(end) : undefined,
			topic: body.toString("utf8", 2, end),
			text: body.toString("utf8", hasId ? end + 2 : end),
		};
	}
	const id = body.length >= 2 ? body.readUInt16BE(0) : undefined;
	return { first, id, topic: undefined, text: body.toString("latin1") };
}
