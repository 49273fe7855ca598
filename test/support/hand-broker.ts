// A broker in the hands of a test: it takes connections and subscriptions, and sends only what it is told to.
import { createServer, type Server, type Socket } from "node:net";
import { generate, type Packet, parser } from "mqtt-packet";
import { Inbox } from "./waiting.ts";

export class HandBroker {
	/** All packets but pings, of all connections. */
	readonly heard = new Inbox<Packet>();
	readonly #server: Server;
	#socket: Socket | undefined;
	/** What it says of the session. */
	hadSession = false;
	/** Whether it answers nothing by itself. */
	isSilent = false;
	/** Codes of its SUBACKs; undefined: it grants what is asked for. */
	granted: number[] | undefined;
	/** What it answers to CONNECT. */
	returnCode = 0;

	private constructor() {
		this.#server = createServer((socket) => this.#accept(socket));
	}

	static async start(): Promise<HandBroker> {
		const broker = new HandBroker();
		const { promise, resolve } = Promise.withResolvers<void>();
		broker.#server.listen(0, "127.0.0.1", resolve);
		await promise;
		return broker;
	}

	get port(): number {
		const address = this.#server.address();
		return typeof address === "object" && address !== null ? address.port : 0;
	}

	/** The next packet of a kind. */
	next<C extends Packet["cmd"]>(cmd: C): Promise<Extract<Packet, { cmd: C }>> {
		const fits = (packet: Packet) => packet.cmd === cmd;
		return this.heard.take(cmd, fits) as Promise<Extract<Packet, { cmd: C }>>;
	}

	send(...packets: Packet[]): void {
		for (const packet of packets) this.#socket?.write(generate(packet, { protocolVersion: 4 }));
	}

	/** Publishes to the connection there is. */
	publish(topic: string, payload: string, qos: 0 | 1 | 2, messageId = 0, dup = false): void {
		this.send({ cmd: "publish", topic, payload, qos, messageId, dup, retain: false });
	}

	sendBytes(...bytes: number[]): void {
		this.#socket?.write(Buffer.from(bytes));
	}

	/** Ends the connection there is; new ones are taken. */
	cut(): void {
		this.#socket?.destroy();
	}

	async stop(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#server.close(() => resolve());
		this.cut();
		await promise;
	}

	#accept(socket: Socket): void {
		this.#socket = socket;
		const packets = parser({ protocolVersion: 4 });
		packets.on("packet", (packet: Packet) => this.#take(socket, packet));
		socket.setNoDelay(true);
		socket.on("data", (bytes: Buffer) => void packets.parse(bytes));
		socket.on("error", () => {});
	}

	#take(socket: Socket, packet: Packet): void {
		const answer = (reply: Packet) => socket.write(generate(reply, { protocolVersion: 4 }));
		const { returnCode, hadSession } = this;
		if (packet.cmd === "pingreq") answer({ cmd: "pingresp" });
		else this.heard.add(packet);
		if (this.isSilent) return;
		if (packet.cmd === "connect") {
			answer({ cmd: "connack", returnCode, sessionPresent: hadSession && returnCode === 0 });
		}
		const { messageId = 0 } = packet;
		if (packet.cmd === "subscribe") {
			const granted = this.granted ?? packet.subscriptions.map(({ qos }) => qos);
			answer({ cmd: "suback", messageId, granted });
		}
		if (packet.cmd === "unsubscribe") answer({ cmd: "unsuback", messageId, granted: [] });
	}
}
