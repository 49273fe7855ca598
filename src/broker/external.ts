import type { MqttClient } from "mqtt";
import type { Logger } from "../log.ts";
import type { Broker, BrokerFigures, MessageHandler, PublishOptions } from "./broker.ts";
import { BrokerStream } from "./broker-stream.ts";
import { CallGuard } from "./call-guard.ts";
import { Listeners } from "./listeners.ts";
import { plainFrame } from "./publish-frame.ts";

export interface ExternalBrokerOptions {
	scheme: "mqtt" | "mqtts";
	/** PEM of the authority that signed its certificate; undefined: one the system knows. */
	ca: string | undefined;
	host: string;
	port: number;
	/** Login at the broker; empty for none. */
	username: string;
	password: string;
	/** Messages held while the broker cannot be reached. */
	maxUnsent: number;
	/** How long `start` waits for the broker before it goes on without. */
	startTimeoutMs: number;
	/** QoS of what graphs publish. */
	dataQos: 0 | 1 | 2;
	/** Time the last messages get at stop. */
	stopTimeoutMs: number;
}

const CLOSED = "the connection was closed";
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/**
 * Messages under way at a time: mosquitto 2.0.11 acknowledges more than its max_inflight_messages
 * (20 unless set) of one publisher at QoS 2, but delivers only so many.
 */
const MAX_IN_FLIGHT = 20;

/** Unconfirmed data that may wait in the connection. */
const MAX_UNSENT_BYTES = 16 << 20;

interface Unsent {
	readonly topic: string;
	readonly data: string | Buffer;
	readonly options: PublishOptions;
	readonly resolve: () => void;
	readonly reject: (error: Error) => void;
}

/**
 * A broker that is another program, reached with MQTT.js. It may come and go: subscriptions are
 * renewed, messages wait within a limit, and the log says when it is lost and when it is back.
 */
export class ExternalBroker implements Broker {
	readonly #options: ExternalBrokerOptions;
	readonly #log: Logger;
	readonly #guard: CallGuard;
	readonly #listeners = new Listeners();
	#client: MqttClient | undefined;
	#stream: BrokerStream | undefined;
	readonly #unsent: Unsent[] = [];
	#inFlight = 0;
	#onAllSent: (() => void) | undefined;
	readonly #reconnectListeners: (() => void)[] = [];
	#wasConnected = false;
	/** What went wrong with the connection last. */
	#reason = CLOSED;
	#failures = 0;
	#retry: Timer | undefined;
	#stopping = false;

	constructor(options: ExternalBrokerOptions, log: Logger) {
		this.#options = options;
		this.#log = log;
		this.#guard = new CallGuard(log);
	}

	/** The broker's MQTT port. */
	get port(): number {
		return this.#options.port;
	}

	onReconnect(listener: () => void): void {
		this.#reconnectListeners.push(this.#guard.callback("reconnect", listener));
	}

	/** Other programs' connections are not to be seen from here. */
	followConnections(): boolean {
		return false;
	}

	get problem(): string | undefined {
		const { host, port } = this.#options;
		return this.#client?.connected ? undefined : `the broker at ${host}:${port} is not reached`;
	}

	get figures(): BrokerFigures {
		return { clients: null, received: null, retained: null, subscriptions: null };
	}

	get handlerFailures(): number {
		return this.#guard.failures;
	}

	/** Its logins and certificates are its own matter. */
	dropOutdated(): void {}
	renewCertificate(): void {}

	/** Connects; goes on without the broker when it does not answer in time, and keeps trying. */
	async start(): Promise<void> {
		const { scheme, host, port, startTimeoutMs, username, password } = this.#options;
		const url = `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
		const connect = () => {
			this.#stream = new BrokerStream(this.#options, (topic, payload) =>
				this.#listeners.deliverPlain(topic, payload),
			);
			// MQTT.js tells only of some of them.
			this.#stream.on("error", (error) => {
				this.#reason = error.message;
			});
			return this.#stream;
		};
		// Loaded only here: who uses the built-in broker need not pay for it.
		const mqtt = await import("mqtt");
		const client = new mqtt.MqttClient(connect, {
			clientId: `csm-${crypto.randomUUID()}`,
			...(username !== "" && { username, password }),
			clean: true,
			// A broker that hangs is noticed after twice this time.
			keepalive: 5,
			connectTimeout: 10_000,
			protocolVersion: 4,
			// Own pauses with jitter instead: many gateways must not come back in step.
			reconnectPeriod: 0,
			resubscribe: false,
		});
		this.#client = client;
		const ready = Promise.withResolvers<void>();
		const guard = this.#guard;
		client.on(
			"connect",
			guard.callback("connect", () => this.#onConnect(client).then(ready.resolve)),
		);
		client.on(
			"close",
			guard.callback("close", () => this.#onClose(client)),
		);
		client.on("error", (error) => {
			this.#reason = error.message;
		});
		client.on(
			"message",
			guard.callback("message", (topic: string, payload: Buffer, { retain }: { retain: boolean }) =>
				this.#listeners.deliver(topic, payload, retain),
			),
		);
		const timer = setTimeout(() => {
			this.#log.error("broker does not answer; starting without it", { broker: url });
			ready.resolve();
		}, startTimeoutMs);
		await ready.promise;
		clearTimeout(timer);
	}

	async stop(): Promise<void> {
		this.#stopping = true;
		clearTimeout(this.#retry);
		const client = this.#client;
		if (client === undefined) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const deadline = setTimeout(
			() => client.end(true, () => resolve()),
			this.#options.stopTimeoutMs,
		);
		const leave = () => client.end(!client.connected, () => resolve());
		if (client.connected && this.#unsent.length > 0) this.#onAllSent = leave;
		else leave();
		await promise;
		clearTimeout(deadline);
		for (const { reject } of this.#unsent.splice(0)) reject(new Error("the server stops"));
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		if (this.#unsent.length >= this.#options.maxUnsent) {
			reject(new Error(`${this.#unsent.length} messages wait for the broker already`));
			return promise;
		}
		const data = typeof payload === "string" ? payload : Buffer.from(payload);
		this.#unsent.push({ topic, data, options, resolve, reject });
		this.#sendWaiting();
		return promise;
	}

	publishData(topic: string, payload: string): Promise<void> | undefined {
		const { dataQos: qos } = this.#options;
		if (qos > 0) return this.publish(topic, payload, { qos });
		const stream = this.#stream;
		if (!this.#client?.connected || stream === undefined) {
			return Promise.reject(new Error("the broker is not reached"));
		}
		if (stream.unsentBytes > MAX_UNSENT_BYTES) {
			return Promise.reject(new Error(`${stream.unsentBytes} bytes wait for the broker`));
		}
		stream.send(plainFrame(Buffer.from(topic), payload));
		return undefined;
	}

	async subscribe(filter: string, handler: MessageHandler): Promise<void> {
		this.#listeners.set(filter, this.#guard.handler(handler));
		// Without a connection it is subscribed with all others at the next one.
		if (this.#client?.connected) await this.#ask(this.#client, [filter]);
	}

	async unsubscribe(filter: string): Promise<void> {
		this.#listeners.delete(filter);
		if (!this.#client?.connected) return;
		await this.#client.unsubscribeAsync(filter).catch((error: Error) => {
			this.#log.debug("cannot unsubscribe", { filter, reason: error.message });
		});
	}

	#sendWaiting(): void {
		const client = this.#client;
		while (client?.connected && this.#inFlight < MAX_IN_FLIGHT) {
			const next = this.#unsent.shift();
			if (next === undefined) return;
			const { topic, data, options, resolve, reject } = next;
			this.#inFlight += 1;
			client.publish(
				topic,
				data,
				{ qos: options.qos, retain: options.retain ?? false },
				(error) => {
					this.#inFlight -= 1;
					if (error) reject(error);
					else resolve();
					this.#sendWaiting();
					if (this.#unsent.length === 0) this.#onAllSent?.();
				},
			);
		}
	}

	async #onConnect(client: MqttClient): Promise<void> {
		this.#log.info("broker connected", { broker: `${this.#options.host}:${this.#options.port}` });
		this.#failures = 0;
		await this.#ask(client, this.#listeners.filters());
		this.#sendWaiting();
		if (this.#wasConnected) for (const listener of this.#reconnectListeners) listener();
		this.#wasConnected = true;
	}

	async #ask(client: MqttClient, filters: string[]): Promise<void> {
		if (filters.length === 0) return;
		try {
			await client.subscribeAsync(filters, { qos: 2 });
		} catch (error) {
			// A lost connection is no loss: the next one subscribes to everything again.
			if (client.connected) {
				this.#log.error("broker refused subscriptions", { filters, reason: String(error) });
			}
		}
	}

	#onClose(client: MqttClient): void {
		if (this.#stopping) return;
		const { host, port } = this.#options;
		this.#failures += 1;
		const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
		const pauseMs = Math.round(longest * (0.5 + Math.random() / 2));
		const state = {
			broker: `${host}:${port}`,
			reason: this.#reason,
			attempt: this.#failures,
			next_try_ms: pauseMs,
		};
		this.#reason = CLOSED;
		if (this.#failures === 1) this.#log.error("broker lost; trying to reach it again", state);
		else this.#log.warn("broker still not reached", state);
		clearTimeout(this.#retry);
		this.#retry = setTimeout(() => client.reconnect(), pauseMs);
	}
}
