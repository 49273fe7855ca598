import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { Inbox, within } from "./waiting.ts";

export interface Received {
	readonly topic: string;
	readonly text: string;
	readonly retain: boolean;
	readonly qos: number;
}

/** An MQTT.js client that keeps what it receives until a test asks for it. */
export class TestClient {
	readonly inbox = new Inbox<Received>();
	readonly #client: MqttClient;

	private constructor(client: MqttClient) {
		this.#client = client;
		client.on("message", (topic, payload, { retain, qos }) =>
			this.inbox.add({ topic, text: payload.toString(), retain, qos }),
		);
	}

	/**
	 * Connects once. A client that comes back by itself must be asked for (`reconnectPeriod`) and ended: one that is left
	 * behind calls at its port every second, and one day another test's broker has that port.
	 */
	static async connect(url: string, options: IClientOptions = {}): Promise<TestClient> {
		const client = mqtt.connect(url, { reconnectPeriod: 0, ...options });
		// A session's waiting messages come right behind the CONNACK.
		const listening = new TestClient(client);
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		client.once("connect", () => resolve());
		client.once("error", reject);
		client.once("close", () => reject(new Error(`no connection to ${url}`)));
		try {
			await within(promise, `a connection to ${url}`);
		} catch (error) {
			client.end(true);
			throw error;
		}
		client.off("error", reject);
		client.on("error", () => {});
		return listening;
	}

	get raw(): MqttClient {
		return this.#client;
	}

	async subscribe(topic: string, qos: 0 | 1 | 2 = 2): Promise<void> {
		await within(this.#client.subscribeAsync(topic, { qos }), `a subscription to ${topic}`);
	}

	/** Whether the broker grants a subscription; one that it granted is ended again. */
	async maySubscribe(filter: string): Promise<boolean> {
		const { promise, resolve } = Promise.withResolvers<boolean>();
		// MQTT.js does not ask again for a filter it was granted once.
		this.#client.subscribe(filter, { qos: 1 }, (error, granted) =>
			resolve(error == null && granted?.every(({ qos }) => qos < 128) === true),
		);
		const isGranted = await within(promise, `an answer for ${filter}`);
		if (isGranted) await this.unsubscribe(filter);
		return isGranted;
	}

	async unsubscribe(topic: string): Promise<void> {
		await within(this.#client.unsubscribeAsync(topic), `an unsubscription of ${topic}`);
	}

	/** Publishes text as it is, other values as JSON. */
	async publish(
		topic: string,
		payload: unknown,
		options: { qos?: 0 | 1 | 2; retain?: boolean } = {},
	): Promise<void> {
		const data =
			typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
		await within(
			this.#client.publishAsync(topic, data, { qos: 2, ...options }),
			`a publication on ${topic}`,
		);
	}

	/** The next message on a topic. */
	async next(topic: string, ms?: number): Promise<Received> {
		return this.inbox.take(`a message on ${topic}`, (message) => message.topic === topic, ms);
	}

	/** The next message on a topic, as JSON. */
	async nextJson(topic: string, ms?: number): Promise<Record<string, unknown>> {
		return JSON.parse((await this.next(topic, ms)).text);
	}

	/** Leaves properly. */
	async end(): Promise<void> {
		await this.#client.endAsync();
	}

	/** Sends nothing any more, not even pings; the connection stays. */
	fallSilent(): void {
		const { stream } = this.#client;
		stream.write = () => true;
	}

	/** Vanishes without a goodbye, so that its will is published. */
	vanish(): void {
		this.#client.stream.destroy();
		this.#client.end(true);
	}
}
