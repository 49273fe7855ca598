import type { Aedes } from "aedes";
import type {
	MessageHandler,
	MqttPort,
	PublishOptions,
	SubscribeOptions,
	Unsubscribe,
} from "../mqtt/mod.ts";

/** Publishes for the server itself, and remembers as which user. */
export class OwnPublisher {
	readonly #aedes: () => Pick<Aedes, "publish">;
	/** By payload: of all a packet holds, aedes hands on only this as it was. */
	readonly #users = new WeakMap<object, string>();

	constructor(aedes: () => Pick<Aedes, "publish">) {
		this.#aedes = aedes;
	}

	/**
	 * Publishes through aedes, which retains the message and queues it for sessions.
	 * @param user See `MqttPort.as`; undefined: the server itself.
	 */
	publish(
		topic: string,
		payload: string | Uint8Array,
		{ qos, retain = false }: PublishOptions,
		user?: string,
	): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const isText = typeof payload === "string" && user === undefined;
		const data = isText ? payload : Buffer.from(payload);
		if (user !== undefined && typeof data !== "string") this.#users.set(data, user);
		const packet = { cmd: "publish" as const, topic, payload: data, qos, retain, dup: false };
		this.#aedes().publish(packet, (error) => (error ? reject(error) : resolve()));
		return promise;
	}

	/** As which user the server published a payload; null for others' messages. */
	userOf(payload: string | Uint8Array): string | null {
		return typeof payload === "string" ? null : (this.#users.get(payload) ?? null);
	}
}

/** A port that publishes as a user; everything else it hands on. */
export class UserPort implements MqttPort {
	readonly #port: MqttPort;
	readonly #publisher: OwnPublisher;
	readonly #user: string;

	constructor(port: MqttPort, publisher: OwnPublisher, user: string) {
		this.#port = port;
		this.#publisher = publisher;
		this.#user = user;
	}

	publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		return this.#publisher.publish(topic, payload, options, this.#user);
	}

	subscribe(
		filter: string,
		handler: MessageHandler,
		options?: SubscribeOptions,
	): Promise<Unsubscribe> {
		return this.#port.subscribe(filter, handler, options);
	}

	onReconnect(listener: (lostMs: number) => void): void {
		this.#port.onReconnect(listener);
	}

	as(user: string): MqttPort {
		return this.#port.as(user);
	}
}
