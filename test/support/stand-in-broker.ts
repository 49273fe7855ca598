// A broker that grants less than it is asked for, as NATS and RabbitMQ do, or refuses, or confirms nothing.
import { createServer, type Server, type Socket } from "node:net";
import {
	generate,
	type IPublishPacket,
	type ISubscribePacket,
	type Packet,
	parser,
} from "mqtt-packet";
import { topicMatches } from "../../src/kit/topic-filters.ts";

type Qos = 0 | 1 | 2;

export interface StandInOptions {
	/** The highest QoS it knows: who publishes with more is disconnected. */
	readonly maxQos: Qos;
	/** Filters it answers with 0x80. */
	readonly refuses?: (filter: string) => boolean;
	/** Refuses clients that want their session kept. */
	readonly keepsNoSessions?: boolean;
	/** Connections it closes as soon as they are accepted. */
	readonly cutsOff?: (clientId: string) => boolean;
	/** Bytes it sends instead of what it would do with a packet; undefined: it does that. */
	readonly breaks?: (packet: Packet, clientId: string) => readonly number[] | undefined;
	/** Leaves connections open that clients have disconnected. */
	readonly neverCloses?: boolean;
}

interface Link {
	readonly socket: Socket;
	readonly filters: Map<string, Qos>;
	clientId: string;
	nextId: number;
}

/** Speaks enough MQTT 3.1.1 for a server and its clients; keeps nothing, and no sessions. */
export class StandInBroker {
	readonly #options: StandInOptions;
	readonly #server: Server;
	readonly #links = new Set<Link>();
	/** Topics of what was published and should not have been, for its QoS. */
	readonly refused: string[] = [];
	/** Everything that was published with QoS 1, confirmed or not: topic and payload. */
	readonly heard: string[] = [];
	/** Clients that have disconnected. */
	readonly left: string[] = [];
	/** Clean session of each connection, by client id. */
	readonly clean = new Map<string, boolean>();
	/** Confirms nothing that is published while it is set. */
	isSilent = false;

	private constructor(options: StandInOptions) {
		this.#options = options;
		this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
	}

	static async start(options: StandInOptions): Promise<StandInBroker> {
		const broker = new StandInBroker(options);
		const { promise, resolve } = Promise.withResolvers<void>();
		broker.#server.listen(0, "127.0.0.1", resolve);
		await promise;
		return broker;
	}

	get port(): number {
		const address = this.#server.address();
		return typeof address === "object" && address !== null ? address.port : 0;
	}

	/** What the server's ini has to say to use it. */
	get ini() {
		return { "core-mqtt": { broker: "external", port: this.port } };
	}

	/** Ends every connection; new ones are taken. */
	cutAll(): void {
		for (const { socket } of this.#links) socket.destroy();
	}

	/** Neither reads nor answers any more, and closes nothing. */
	hang(): void {
		for (const { socket } of this.#links) socket.pause();
	}

	async stop(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#server.close(() => resolve());
		this.cutAll();
		await promise;
	}

	#accept(socket: Socket): void {
		const link: Link = { socket, filters: new Map(), clientId: "", nextId: 1 };
		this.#links.add(link);
		const packets = parser({ protocolVersion: 4 });
		packets.on("packet", (packet: Packet) => this.#take(link, packet));
		socket.setNoDelay(true);
		socket.on("data", (bytes: Buffer) => void packets.parse(bytes));
		socket.on("error", () => {});
		socket.on("end", () => {
			if (this.#options.neverCloses !== true) socket.end();
		});
		socket.on("close", () => this.#links.delete(link));
	}

	#take(link: Link, packet: Packet): void {
		if (packet.cmd === "connect") link.clientId = packet.clientId;
		const bytes = this.#options.breaks?.(packet, link.clientId);
		if (bytes !== undefined) {
			link.socket.write(Buffer.from(bytes));
			return;
		}
		switch (packet.cmd) {
			case "connect":
				this.clean.set(packet.clientId, packet.clean === true);
				if (this.#options.keepsNoSessions && packet.clean !== true) {
					send(link, { cmd: "connack", returnCode: 2, sessionPresent: false });
					link.socket.end();
					return;
				}
				send(link, { cmd: "connack", returnCode: 0, sessionPresent: false });
				if (this.#options.cutsOff?.(packet.clientId)) link.socket.end();
				return;
			case "subscribe":
				this.#subscribe(link, packet);
				return;
			case "unsubscribe":
				for (const filter of packet.unsubscriptions) link.filters.delete(filter);
				send(link, { cmd: "unsuback", messageId: packet.messageId ?? 0, granted: [] });
				return;
			case "publish":
				this.#publish(link, packet);
				return;
			case "pubrel":
				send(link, { cmd: "pubcomp", messageId: packet.messageId ?? 0 });
				return;
			case "disconnect":
				this.left.push(link.clientId);
				return;
			case "pingreq":
				send(link, { cmd: "pingresp" });
				return;
			default:
		}
	}

	#subscribe(link: Link, { messageId, subscriptions }: ISubscribePacket): void {
		const { maxQos, refuses } = this.#options;
		const granted = subscriptions.map(({ topic, qos }) => {
			if (refuses?.(topic)) return 0x80;
			const least: Qos = qos < maxQos ? qos : maxQos;
			link.filters.set(topic, least);
			return least;
		});
		send(link, { cmd: "suback", messageId: messageId ?? 0, granted });
	}

	#publish(from: Link, { topic, payload, qos, messageId = 0 }: IPublishPacket): void {
		if (qos > this.#options.maxQos) {
			this.refused.push(topic);
			from.socket.destroy();
			return;
		}
		if (qos === 1) this.heard.push(`${topic} ${payload}`);
		if (this.isSilent) return;
		if (qos === 1) send(from, { cmd: "puback", messageId });
		if (qos === 2) send(from, { cmd: "pubrec", messageId });
		for (const link of this.#links) {
			const granted = [...link.filters]
				.filter(([filter]) => topicMatches(filter, topic))
				.map(([, most]) => most);
			if (granted.length === 0) continue;
			const most = Math.max(...granted);
			const outQos: Qos = most < qos ? (most === 1 ? 1 : 0) : qos;
			send(link, {
				...{ cmd: "publish", topic, payload, qos: outQos, dup: false, retain: false },
				messageId: link.nextId,
			});
			link.nextId = (link.nextId % 65_535) + 1;
		}
	}
}

function send({ socket }: Link, packet: Packet): void {
	if (!socket.destroyed) socket.write(generate(packet, { protocolVersion: 4 }));
}
