import type { Logger } from "../kit/mod.ts";
import type {
	Broker,
	BrokerStats,
	ConnectionListener,
	MessageHandler,
	MqttPort,
	PublishOptions,
	Qos,
	Unsubscribe,
} from "../mqtt/mod.ts";
import { type BrokerParts, type BrokerPartsDeps, buildParts } from "./broker-parts.ts";
import type { ClientStream } from "./client-stream.ts";
import type { EmbeddedBrokerOptions } from "./embedded-options.ts";
import type { ClientListener } from "./listener.ts";
import { UserPort } from "./own-publisher.ts";
import { tcpListener } from "./tcp-listener.ts";
import { wsListener } from "./ws-listener.ts";
import type { WsGate } from "./ws-session.ts";

export interface EmbeddedBrokerDeps extends BrokerPartsDeps {
	/** Which WebSockets may be opened. */
	readonly gate: WsGate;
}

/** Clients get this long to confirm the last messages: at QoS 2 they use them only after that. */
const LINGER_MS = 200;

/** The built-in MQTT 3.1.1 broker: aedes behind our own listeners. */
export class EmbeddedBroker implements Broker {
	readonly #options: EmbeddedBrokerOptions;
	readonly #parts: BrokerParts;
	readonly #tcp: ClientListener;
	readonly #ws: ClientListener;

	constructor(options: EmbeddedBrokerOptions, { gate, ...deps }: EmbeddedBrokerDeps) {
		this.#options = options;
		this.#parts = buildParts(options, deps);
		[this.#tcp, this.#ws] = this.#listeners(gate, deps.log);
	}

	/** The TCP port in use. */
	get port(): number {
		return this.#tcp.port;
	}

	/** The WebSocket port in use. */
	get wsPort(): number {
		return this.#ws.port;
	}

	/** It lives in this process: data cannot wait elsewhere. */
	holdData(): void {}

	finishData(): void {}

	/** It lives in this process: there are no outages. */
	get problem(): undefined {
		return undefined;
	}

	get stats(): BrokerStats {
		return {
			clients: this.#parts.admission.connections,
			received: this.#parts.hooks.received + this.#parts.fastPath.delivered,
			retained: this.#parts.retained.size,
			subscriptions: this.#parts.limits.total,
			acknowledgedEarly: null,
		};
	}

	get handlerFailures(): number {
		return this.#parts.guard.failures;
	}

	onReconnect(): void {}

	followConnections(listener: ConnectionListener): boolean {
		this.#parts.connections.follow(listener);
		return true;
	}

	servePages(onLeft: (page: string) => void): boolean {
		this.#parts.pages.serve(this.#parts.guard.callback("pages", onLeft));
		return true;
	}

	async start(): Promise<void> {
		await this.#parts.retained.start();
		await this.#parts.sessions.start();
		this.#parts.system.start();
		this.#parts.subscriptions.start();
		await this.#parts.hooks.start();
		try {
			this.#tcp.start();
			this.#ws.start();
		} catch (error) {
			await this.stop();
			throw error;
		}
	}

	async stop(): Promise<void> {
		this.#parts.connections.unfollow();
		this.#tcp.stopAccepting();
		this.#ws.stopAccepting();
		if (this.#parts.admission.connections > 0) await Bun.sleep(LINGER_MS);
		const late = Promise.withResolvers<void>();
		const deadline = setTimeout(late.resolve, this.#options.stopTimeoutMs);
		await Promise.race([this.#parts.hooks.close(), late.promise]);
		clearTimeout(deadline);
		this.#tcp.stop();
		this.#ws.stop();
		this.#parts.system.stop();
		await this.#parts.retained.stop();
		await this.#parts.sessions.stop();
	}

	/** Takes no more connections until {@link resume}; clients stay. */
	pause(): void {
		this.#tcp.pause();
		this.#ws.pause();
	}

	/** Takes connections again. @throws ListenError when a port is gone. */
	resume(): void {
		this.#tcp.resume();
		this.#ws.resume();
	}

	renewCertificate(): void {
		this.#tcp.renew();
		this.#ws.renew();
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		return this.#parts.publisher.publish(topic, payload, options);
	}

	publishData(topic: string, json: string, qos: Qos): Promise<void> | undefined {
		this.#parts.distribution.publish(topic, json, qos);
		return undefined;
	}

	subscribe(filter: string, handler: MessageHandler): Promise<Unsubscribe> {
		return this.#parts.subscriptions.subscribe(filter, handler);
	}

	as(user: string): MqttPort {
		return new UserPort(this, this.#parts.publisher, user);
	}

	disconnectRevoked(owner?: string): void {
		this.#parts.revocations.disconnect(owner);
	}

	#listeners(gate: WsGate, log: Logger): [ClientListener, ClientListener] {
		const { bind, port, wsPort, tls, maxClientQueueBytes, ...limits } = this.#options;
		const common = {
			host: bind,
			maxQueueBytes: maxClientQueueBytes,
			maxPacketBytes: limits.maxPacketBytes,
			connectTimeoutMs: limits.connectTimeoutMs,
			onClient: (stream: ClientStream) => this.#parts.hooks.welcome(stream),
		};
		const onRefused = (reason: string, address: string) =>
			log.warn("WebSocket refused", { reason, address });
		return [
			tcpListener({ ...common, port, tls: tls.mqtt }),
			wsListener({ ...common, port: wsPort, tls: tls.ws, gate, onRefused }),
		];
	}
}
