import type { EventEmitter } from "node:events";
import { Aedes, type AedesPublishPacket, type Client } from "aedes";
import type { Logger } from "../log.ts";
import type { Broker, MessageHandler, PublishOptions } from "./broker.ts";
import type { ClientStream } from "./client-stream.ts";
import type { Listener } from "./listener.ts";
import { Login } from "./login.ts";
import { TcpListener } from "./tcp-listener.ts";
import { WsListener } from "./ws-listener.ts";

export interface EmbeddedBrokerOptions {
	/** Address both listeners bind to. */
	bind: string;
	/** MQTT over TCP; 0 takes any free port. */
	port: number;
	/** MQTT over WebSocket; 0 takes any free port. */
	wsPort: number;
	/** Largest incoming packet, bytes. */
	maxPacketBytes: number;
	/** Outgoing bytes held for one client before it is disconnected. */
	maxClientQueueBytes: number;
	/** Connections at the same time. */
	maxClients: number;
	/** Time clients get to leave at stop, milliseconds. */
	stopTimeoutMs: number;
}

type Deliver = (packet: AedesPublishPacket, done: () => void) => void;

/** The built-in MQTT 3.1.1 broker: aedes behind our own listeners. */
export class EmbeddedBroker implements Broker {
	readonly #options: EmbeddedBrokerOptions;
	readonly #log: Logger;
	readonly #aedes: Aedes;
	readonly #tcp: Listener;
	readonly #ws: Listener;
	readonly #subscriptions = new Map<string, Deliver>();
	#connections = 0;

	constructor(options: EmbeddedBrokerOptions, log: Logger) {
		this.#options = options;
		this.#log = log;
		// Messages in the works at a time: the default of 100 makes a burst wait for its slowest reader.
		this.#aedes = new Aedes({ concurrency: 10_000, ...new Login().hooks });
		const common = {
			host: options.bind,
			maxQueueBytes: options.maxClientQueueBytes,
			maxPacketBytes: options.maxPacketBytes,
			onClient: (stream: ClientStream) => this.#welcome(stream),
		};
		this.#tcp = new TcpListener({ ...common, port: options.port });
		this.#ws = new WsListener({ ...common, port: options.wsPort });
	}

	/** The TCP port in use. */
	get port(): number {
		return this.#tcp.port;
	}

	/** The WebSocket port in use. */
	get wsPort(): number {
		return this.#ws.port;
	}

	async start(): Promise<void> {
		this.#logClients();
		await this.#aedes.listen();
		try {
			this.#tcp.start();
			this.#ws.start();
		} catch (error) {
			await this.stop();
			throw error;
		}
	}

	async stop(): Promise<void> {
		this.#tcp.stopAccepting();
		this.#ws.stopAccepting();
		const { promise, resolve } = Promise.withResolvers<void>();
		const deadline = setTimeout(resolve, this.#options.stopTimeoutMs);
		this.#aedes.close(resolve);
		await promise;
		clearTimeout(deadline);
		this.#tcp.stop();
		this.#ws.stop();
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const packet = {
			cmd: "publish" as const,
			topic,
			payload: typeof payload === "string" ? payload : Buffer.from(payload),
			qos: options.qos,
			retain: options.retain ?? false,
			dup: false,
		};
		this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
		return promise;
	}

	subscribe(filter: string, handler: MessageHandler): Promise<void> {
		const deliver: Deliver = (packet, done) => {
			handler({
				topic: packet.topic,
				payload: bytesOf(packet.payload),
				retained: false,
				clientId: publisherOf(packet),
			});
			done();
		};
		this.#subscriptions.set(filter, deliver);
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#aedes.subscribe(filter, deliver, resolve);
		return promise;
	}

	unsubscribe(filter: string): Promise<void> {
		const deliver = this.#subscriptions.get(filter);
		if (deliver === undefined) return Promise.resolve();
		this.#subscriptions.delete(filter);
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#aedes.unsubscribe(filter, deliver, resolve);
		return promise;
	}

	#welcome(stream: ClientStream): void {
		if (this.#connections >= this.#options.maxClients) {
			this.#log.warn("refused a connection: max-clients reached", {
				address: stream.remoteAddress,
			});
			stream.destroy();
			return;
		}
		this.#connections += 1;
		stream.once("close", () => {
			this.#connections -= 1;
		});
		this.#aedes.handle(stream);
	}

	#logClients(): void {
		const fields = (client: Client) => ({ client: client.id, address: addressOf(client) });
		this.#aedes.on("clientReady", (client) => this.#log.debug("client connected", fields(client)));
		this.#aedes.on("clientDisconnect", (client) => this.#log.debug("client left", fields(client)));
		this.#aedes.on("clientError", (client, error) =>
			this.#log.warn("client cut off", { ...fields(client), reason: error.message }),
		);
		this.#aedes.on("connectionError", (client, error) =>
			this.#log.warn("connection refused", { ...fields(client), reason: error.message }),
		);
		// aedes emits "error" too, but its types leave it out.
		const events: EventEmitter = this.#aedes;
		events.on("error", (error: Error) =>
			this.#log.error("broker failure", { reason: error.message, stack: error.stack }),
		);
	}
}

function bytesOf(payload: string | Buffer): Uint8Array {
	return typeof payload === "string" ? Buffer.from(payload) : payload;
}

function addressOf(client: Client): string {
	const { conn } = client;
	return "remoteAddress" in conn && typeof conn.remoteAddress === "string"
		? conn.remoteAddress
		: "";
}

function publisherOf(packet: AedesPublishPacket): string | null {
	return "clientId" in packet && typeof packet.clientId === "string" ? packet.clientId : null;
}
