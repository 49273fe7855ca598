// An MQTT 3.1.1 client with nothing but sockets and bytes, light enough to be a thousand devices or to
// send faster than a broker can take it.
import type { Socket } from "bun";

export type OnMessage = (payload: Buffer, topic: Buffer) => void;

export interface RawOptions {
	port: number;
	host?: string;
	clientId: string;
	/** False: the broker keeps the session; true by default. */
	clean?: boolean;
	/** How long the answers to CONNECT and each SUBSCRIBE may take, milliseconds; the connection is ended then. */
	answerMs?: number;
	onMessage?: OnMessage;
	/** The connection ended, from either side. */
	onClose?: () => void;
}

const CONNACK = 2;
const PUBLISH = 3;
const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
const SUBACK = 9;

/** The bytes of a PUBLISH; of QoS 1 and 2 the packet id is still to be written at `idAt`. */
export function publishFrame(
	topic: string,
	payload: string | Uint8Array,
	qos: 0 | 1 | 2 = 0,
	retain = false,
): { frame: Buffer; idAt: number } {
	const name = Buffer.from(topic);
	const data = Buffer.from(payload);
	const idBytes = qos === 0 ? 0 : 2;
	const body = Buffer.alloc(2 + name.length + idBytes + data.length);
	body.writeUInt16BE(name.length, 0);
	name.copy(body, 2);
	data.copy(body, 2 + name.length + idBytes);
	const head = header((PUBLISH << 4) | (qos << 1) | (retain ? 1 : 0), body.length);
	return { frame: Buffer.concat([head, body]), idAt: head.length + 2 + name.length };
}

/**
 * Finds the whole packets in some bytes: first byte, where the body begins and ends.
 * @returns how many bytes they are.
 */
export function eachPacket(
	data: Buffer,
	onPacket: (first: number, start: number, end: number) => void,
): number {
	let at = 0;
	const size = data.length;
	while (at + 2 <= size) {
		let cursor = at + 1;
		let byte = data[cursor++] ?? 0;
		let length = byte & 0x7f;
		for (let factor = 128; byte & 0x80; factor *= 128) {
			if (cursor >= size) return at;
			byte = data[cursor++] ?? 0;
			length += (byte & 0x7f) * factor;
		}
		if (cursor + length > size) return at;
		onPacket(data[at] ?? 0, cursor, cursor + length);
		at = cursor + length;
	}
	return at;
}

/** A fixed header (`MQTT 3.1.1 §2.2`). */
export function header(type: number, length: number): Buffer {
	const bytes = [type];
	do {
		bytes.push((length % 128) | (length >= 128 ? 0x80 : 0));
		length = Math.floor(length / 128);
	} while (length > 0);
	return Buffer.from(bytes);
}

function text(value: string): Buffer {
	const bytes = Buffer.from(value);
	return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

export class RawClient {
	readonly #socket: Socket;
	readonly #onMessage: OnMessage;
	#rest: Buffer = Buffer.alloc(0);
	#out: Uint8Array[] = [];
	#unsent: Buffer | undefined;
	#flushScheduled = false;
	#nextId = 1;
	readonly #answerMs: number | undefined;
	readonly #answers = new Map<string, () => void>();
	/** QoS 1 and 2 messages sent and not confirmed to the end. */
	inFlight = 0;
	/** Called whenever one of them is confirmed, with its packet id. */
	onConfirmed: ((id: number) => void) | undefined;

	private constructor(socket: Socket, { answerMs, onMessage = () => {} }: RawOptions) {
		this.#socket = socket;
		this.#answerMs = answerMs;
		this.#onMessage = onMessage;
	}

	/** @throws when the connection is refused or ends before its CONNACK. */
	static async connect(options: RawOptions): Promise<RawClient> {
		const { promise: closed, reject } = Promise.withResolvers<never>();
		closed.catch(() => {});
		let client: RawClient | undefined;
		const ended = () => {
			reject(new Error("the connection ended"));
			options.onClose?.();
		};
		const socket = await Bun.connect({
			hostname: options.host ?? "127.0.0.1",
			port: options.port,
			socket: {
				data: (_socket, chunk) => client?.receive(chunk),
				drain: () => client?.flush(),
				close: ended,
				error: ended,
			},
		});
		socket.setNoDelay(true);
		client = new RawClient(socket, options);
		const flags = options.clean === false ? 0 : 2;
		const body = Buffer.concat([
			text("MQTT"),
			Buffer.from([4, flags, 0, 0]),
			text(options.clientId),
		]);
		client.#send(Buffer.concat([header(0x10, body.length), body]));
		await Promise.race([client.#answer(`${CONNACK}`), closed]);
		return client;
	}

	async subscribe(filter: string, qos: 0 | 1 | 2 = 0): Promise<void> {
		const id = this.#takeId();
		const body = Buffer.concat([
			Buffer.from([id >> 8, id & 0xff]),
			text(filter),
			Buffer.from([qos]),
		]);
		this.#send(Buffer.concat([header(0x82, body.length), body]));
		await this.#answer(`${SUBACK} ${id}`);
	}

	/** Sends a message; of QoS 1 and 2 the handshake goes on by itself. @returns its packet id, 0 with QoS 0. */
	publish(topic: string, payload: string | Uint8Array, qos: 0 | 1 | 2 = 0, retain = false): number {
		return this.sendFrame(publishFrame(topic, payload, qos, retain), qos);
	}

	/** Sends a frame of {@link publishFrame}. @returns its packet id, 0 with QoS 0. */
	sendFrame({ frame, idAt }: { frame: Buffer; idAt: number }, qos: 0 | 1 | 2): number {
		if (qos === 0) {
			this.#send(frame);
			return 0;
		}
		const own = Buffer.from(frame);
		const id = this.#takeId();
		own.writeUInt16BE(id, idAt);
		this.inFlight += 1;
		this.#send(own);
		return id;
	}

	/** Bytes that wait because the other side does not read fast enough. */
	get backlog(): number {
		return (this.#unsent?.length ?? 0) + this.#out.reduce((sum, { length }) => sum + length, 0);
	}

	/** Leaves without a word. */
	terminate(): void {
		this.#socket.terminate();
	}

	/** Leaves properly. */
	end(): void {
		this.#send(Buffer.from([0xe0, 0]));
		this.flush();
		this.#socket.end();
	}

	#takeId(): number {
		const id = this.#nextId;
		this.#nextId = id === 65_535 ? 1 : id + 1;
		return id;
	}

	#answer(key: string): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#answers.set(key, resolve);
		if (this.#answerMs === undefined) return promise;
		const timer = setTimeout(() => this.terminate(), this.#answerMs);
		return promise.finally(() => clearTimeout(timer));
	}

	#answered(key: string): void {
		this.#answers.get(key)?.();
		this.#answers.delete(key);
	}

	#send(data: Uint8Array): void {
		this.#out.push(data);
		if (this.#flushScheduled) return;
		this.#flushScheduled = true;
		setImmediate(() => this.flush());
	}

	/** Sends what waits. */
	flush(): void {
		this.#flushScheduled = false;
		const fresh = Buffer.concat(this.#out);
		this.#out = [];
		const data = this.#unsent === undefined ? fresh : Buffer.concat([this.#unsent, fresh]);
		if (data.length === 0) return;
		const sent = Math.max(0, this.#socket.write(data));
		this.#unsent = sent < data.length ? data.subarray(sent) : undefined;
	}

	/** Bytes arrived. */
	receive(chunk: Buffer): void {
		const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
		const at = eachPacket(data, (first, start, end) =>
			this.#packet(first, data.subarray(start, end)),
		);
		// The chunk belongs to the socket, which uses it again.
		this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : EMPTY;
	}

	#packet(first: number, body: Buffer): void {
		const type = first >> 4;
		if (type === PUBLISH) {
			this.#onPublish((first >> 1) & 3, body);
			return;
		}
		const id = type === CONNACK ? 0 : body.readUInt16BE(0);
		if (type === CONNACK) this.#answered(`${CONNACK}`);
		else if (type === SUBACK) this.#answered(`${SUBACK} ${id}`);
		else if (type === PUBREC) this.#confirm((PUBREL << 4) | 2, id);
		else if (type === PUBREL) this.#confirm(PUBCOMP << 4, id);
		else if (type === PUBACK || type === PUBCOMP) {
			this.inFlight -= 1;
			this.onConfirmed?.(id);
		}
	}

	#onPublish(qos: number, body: Buffer): void {
		const topicEnd = 2 + body.readUInt16BE(0);
		const payloadAt = topicEnd + (qos === 0 ? 0 : 2);
		if (qos > 0) this.#confirm((qos === 1 ? PUBACK : PUBREC) << 4, body.readUInt16BE(topicEnd));
		this.#onMessage(body.subarray(payloadAt), body.subarray(2, topicEnd));
	}

	#confirm(type: number, id: number): void {
		this.#send(Buffer.from([type, 2, id >> 8, id & 0xff]));
	}
}

const EMPTY = Buffer.alloc(0);
