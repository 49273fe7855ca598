// Stands between a program and its MQTT broker, and loses single messages: each side is told that the other has them.
import { createConnection, createServer, type Server, type Socket } from "node:net";

const PUBLISH = 3;
const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBREL = 6;
const PUBCOMP = 0x70;

/** A message on its way, in either direction. */
export interface PassingMessage {
	readonly topic: string;
	readonly payload: string;
	/** Whether the program sends it. */
	readonly isOwn: boolean;
}

export class LossyProxy {
	/** Whether a message is lost. */
	loses: (message: PassingMessage) => boolean = () => false;
	/** Whether what the program acknowledges at QoS 1 is kept from the broker, as that of one that has just died. */
	keepsAcknowledgements = false;
	/** Hears all messages, those that are lost as well. */
	onMessage: (message: PassingMessage) => void = () => {};
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	private constructor(server: Server) {
		this.#server = server;
	}

	/** @param broker Port on this machine. */
	static async start(broker: number): Promise<LossyProxy> {
		const server = createServer((own) => {
			const far = createConnection({ host: "127.0.0.1", port: broker });
			proxy.#connect(own, far, true);
			proxy.#connect(far, own, false);
		});
		const proxy = new LossyProxy(server);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return proxy;
	}

	get port(): number {
		const address = this.#server.address();
		return typeof address === "object" && address !== null ? address.port : 0;
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#connect(from: Socket, to: Socket, isOwn: boolean): void {
		this.#sockets.add(from);
		const lost = new Set<number>();
		let rest: Buffer = Buffer.alloc(0);
		from.on("data", (chunk: Buffer) => {
			rest = Buffer.concat([rest, chunk]);
			for (let packet = nextPacket(rest); packet !== undefined; packet = nextPacket(rest)) {
				rest = rest.subarray(packet.length);
				const answer = this.#judge(packet, lost, isOwn);
				if (answer === undefined) to.write(packet);
				else if (answer.length > 0) from.write(answer);
			}
		});
		from.on("error", () => {});
		from.on("close", () => {
			this.#sockets.delete(from);
			to.destroy();
		});
	}

	/** What the sender of a lost packet is told in place of the receiver; undefined: it is passed on. */
	#judge(packet: Buffer, lost: Set<number>, isOwn: boolean): Buffer | undefined {
		const type = (packet[0] ?? 0) >> 4;
		const at = bodyOf(packet);
		if (type === PUBREL) {
			const id = packet.readUInt16BE(at);
			return lost.delete(id) ? told(PUBCOMP, id) : undefined;
		}
		if (isOwn && packet[0] === PUBACK && this.keepsAcknowledgements) return Buffer.alloc(0);
		if (type !== PUBLISH) return undefined;
		const qos = ((packet[0] ?? 0) >> 1) & 3;
		const end = at + 2 + packet.readUInt16BE(at);
		const topic = packet.toString("utf8", at + 2, end);
		const message = { topic, payload: packet.toString("utf8", qos > 0 ? end + 2 : end), isOwn };
		this.onMessage(message);
		if (!this.loses(message)) return undefined;
		if (qos === 0) return Buffer.alloc(0);
		const id = packet.readUInt16BE(end);
		if (qos === 2) lost.add(id);
		return told(qos === 2 ? PUBREC : PUBACK, id);
	}
}

function told(type: number, id: number): Buffer {
	return Buffer.from([type, 2, id >> 8, id & 255]);
}

/** The first whole packet. */
function nextPacket(bytes: Buffer): Buffer | undefined {
	let length = 0;
	for (let at = 1; at < bytes.length && at < 5; at++) {
		const byte = bytes[at] ?? 0;
		length += (byte & 127) * 128 ** (at - 1);
		if (byte >= 128) continue;
		const end = at + 1 + length;
		return bytes.length < end ? undefined : bytes.subarray(0, end);
	}
	return undefined;
}

/** Where a packet's content begins, behind its length. */
function bodyOf(packet: Buffer): number {
	let at = 1;
	while ((packet[at] ?? 0) >= 128) at += 1;
	return at + 1;
}
