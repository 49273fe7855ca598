import type { MqttClient, Packet } from "mqtt";
import { BrokenRule } from "./broken-rules.ts";
import type { BrokerAddress } from "./broker-socket.ts";
import { BrokerStream } from "./broker-stream.ts";
import type { CallGuard } from "./call-guard.ts";
import type { Qos } from "./port.ts";

export interface ConnectionOptions extends BrokerAddress {
	/** Login at the broker; empty for none. */
	readonly username: string;
	readonly password: string;
	readonly clientId: string;
	/** False: the broker keeps subscriptions, and what comes for them, while we are away. */
	readonly clean: boolean;
	/** Time the broker gets to take the connection. */
	readonly connectTimeoutMs: number;
	/**
	 * Packet ids of QoS 2 messages that were delivered and not released yet (`MQTT 3.1.1 §4.3.3`, method B);
	 * they belong to the session, not to the connection.
	 */
	readonly delivered: Set<number>;
}

/** How to reach an address, without what differs between connections. */
export interface AddressOptions
	extends Omit<ConnectionOptions, "clientId" | "clean" | "delivered"> {
	/** Begins the ids of connections without a session. */
	readonly clientName: string;
}

/** Options of a connection the broker is to remember nothing of. */
export function withoutSession(address: AddressOptions): ConnectionOptions {
	return {
		...address,
		clientId: `${address.clientName}-${crypto.randomUUID()}`,
		clean: true,
		delivered: new Set(),
	};
}

export interface ConnectionEvents {
	/** @param hadSession The broker has kept the session. */
	onConnect(connection: BrokerConnection, hadSession: boolean): unknown;
	/** Once: it has ended, or could not be opened. @param isBroken The broker broke a rule of MQTT 3.1.1. */
	onClose(connection: BrokerConnection, reason: string, isBroken: boolean): void;
	onMessage(topic: string, payload: Uint8Array, retained: boolean, qos: Qos): void;
	/** A message of QoS 0 that is not retained; false when its topic is not UTF-8. */
	takePlain(topic: Uint8Array, payload: Uint8Array): boolean;
}

const CLOSED = "the connection was closed";

/** One connection to another program's broker, from its CONNECT to its end. */
export class BrokerConnection {
	readonly #client: MqttClient;
	readonly #stream: BrokerStream;
	readonly #events: ConnectionEvents;
	readonly #delivered: Set<number>;
	/** When it was accepted, monotonic milliseconds. */
	#since: number | undefined;
	#reason = CLOSED;
	#isBroken = false;
	/** Filters of each SUBSCRIBE that was not answered, by packet id. */
	readonly #asked = new Map<number, number>();
	#isOver = false;

	private constructor(
		mqtt: typeof import("mqtt"),
		options: ConnectionOptions,
		events: ConnectionEvents,
		guard: CallGuard,
	) {
		this.#events = events;
		this.#delivered = options.delivered;
		const stream = new BrokerStream(options, events.takePlain);
		// MQTT.js tells only of some of them.
		stream.on("error", (error) => {
			this.#reason = error.message;
			this.#isBroken = error instanceof BrokenRule;
		});
		this.#stream = stream;
		const { username, password, clientId, clean, connectTimeoutMs } = options;
		const client = new mqtt.MqttClient(() => stream, {
			clientId,
			...(username !== "" && { username, password }),
			clean,
			// A broker that hangs is noticed after twice this time.
			keepalive: 5,
			connectTimeout: connectTimeoutMs,
			protocolVersion: 4,
			// The next connection is another one: told to reconnect, MQTT.js forgets what was in flight.
			reconnectPeriod: 0,
			resubscribe: false,
			manualConnect: true,
		});
		this.#client = client;
		client.on(
			"connect",
			guard.callback("connect", ({ sessionPresent }) => {
				this.#since = performance.now();
				if (sessionPresent !== true) this.#delivered.clear();
				return events.onConnect(this, sessionPresent === true);
			}),
		);
		client.on(
			"packetreceive",
			guard.callback("message", (packet: Packet) => this.#onPacket(packet)),
		);
		client.on("packetsend", (packet: Packet) => {
			if (packet.cmd !== "subscribe" || packet.messageId === undefined) return;
			this.#asked.set(packet.messageId, packet.subscriptions.length);
		});
		client.on("error", (error) => {
			if (!this.#isBroken) this.#reason = error.message;
		});
		client.on(
			"close",
			guard.callback("close", () => this.#close()),
		);
		client.connect();
	}

	static async open(
		options: ConnectionOptions,
		events: ConnectionEvents,
		guard: CallGuard,
	): Promise<BrokerConnection> {
		// Loaded only here: with the built-in broker it is not needed.
		return new BrokerConnection(await import("mqtt"), options, events, guard);
	}

	get isConnected(): boolean {
		return this.#client.connected;
	}

	/** How long it has been accepted, milliseconds; 0 when it never was. */
	get livedMs(): number {
		return this.#since === undefined ? 0 : performance.now() - this.#since;
	}

	send(
		topic: string,
		data: string | Buffer,
		options: { qos: Qos; retain: boolean },
		done: (error?: Error) => void,
	): void {
		this.#client.publish(topic, data, options, done);
	}

	/** @returns the SUBACK's codes, one for each filter; undefined when the connection was lost first. */
	subscribe(filters: string[], qos: Qos): Promise<readonly number[] | undefined> {
		const { promise, resolve } = Promise.withResolvers<readonly number[] | undefined>();
		if (filters.length === 0) return Promise.resolve([]);
		this.#client.subscribe(filters, { qos }, (_error, _subscriptions, packet) => {
			const codes: unknown[] | undefined = this.#isBroken ? undefined : packet?.granted;
			resolve(codes?.filter((code) => typeof code === "number"));
		});
		return promise;
	}

	/** Resolves when the broker has confirmed it, or the connection is lost. */
	async unsubscribe(filters: string[]): Promise<void> {
		await this.#client.unsubscribeAsync(filters).catch(() => {});
	}

	/**
	 * Has the broker send what it retains under the filters, none of which may be subscribed to over this connection.
	 * Resolves when all of it has come, or the connection is lost: brokers answer in order, so it has come before the
	 * subscription's end is confirmed.
	 */
	async requestRetained(filters: string[]): Promise<void> {
		await this.subscribe(filters, 0);
		await this.unsubscribe(filters);
	}

	/** Ends it at once. */
	cut(): void {
		this.#client.end(true);
		// Which does nothing while it disconnects from a broker that hangs.
		this.#stream.destroy();
	}

	/** Confirms what has come, hears nothing more, and disconnects. */
	async leave(): Promise<void> {
		await this.#stream.hush();
		await this.end();
	}

	/** Disconnects once the broker has what is in flight. */
	end(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#client.end(!this.#client.connected, () => resolve());
		return promise;
	}

	/**
	 * A message counts when it comes, not when MQTT.js hands it on: a QoS 2 message would do that at its PUBREL, and be
	 * lost with a server that ends before.
	 */
	#onPacket(packet: Packet): void {
		if (packet.cmd === "pubrel" && packet.messageId !== undefined) {
			this.#delivered.delete(packet.messageId);
		}
		if (packet.cmd === "suback") this.#onGranted(packet.messageId ?? 0, packet.granted.length);
		if (packet.cmd !== "publish") return;
		const { topic, payload, qos, dup, retain, messageId } = packet;
		if (qos === 2 && messageId !== undefined) {
			if (dup && this.#delivered.has(messageId)) return;
			this.#delivered.add(messageId);
		}
		const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
		this.#events.onMessage(topic, bytes, retain, qos);
	}

	/** SUBACK has come. MQTT.js notices a wrong number, too, unless one is refused, but gives the codes to the caller. */
	#onGranted(id: number, codes: number): void {
		const filters = this.#asked.get(id);
		this.#asked.delete(id);
		if (filters === undefined || filters === codes) return;
		const error = new BrokenRule(`SUBACK with ${codes} codes for ${filters} filters`);
		this.#reason = error.message;
		this.#isBroken = true;
		this.#stream.destroy(error);
	}

	#close(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#events.onClose(this, this.#reason, this.#isBroken);
	}
}
