// An MQTT client that outlives its connections: it comes back by itself, to another broker where there is one, and sends
// again what was not confirmed.
import { type OnMessage, RawClient } from "./raw-mqtt.ts";
import { LONG_DEADLINE_MS, until, within } from "./waiting.ts";

export interface LastingOptions {
	/** Of brokers on this machine, tried in turn. */
	readonly ports: readonly number[];
	readonly clientId: string;
	readonly onMessage?: OnMessage;
}

interface Message {
	readonly topic: string;
	readonly payload: string;
	readonly retain: boolean;
}

const RETRY_MS = 50;
/** RabbitMQ may answer nothing for minutes to who connects right when a node has died. */
const ANSWER_MS = 3000;
/** The same of a connection that publishes: devices notice by their pings. */
const SILENT_MS = 5000;
const LOOK_MS = 500;

/** All of it at QoS 1, with a session that the broker keeps. */
export class LastingClient {
	/** How many messages were sent once more. */
	sentAgain = 0;
	readonly #options: LastingOptions;
	readonly #filters: string[] = [];
	/** In order, by a number of ours. */
	readonly #unconfirmed = new Map<number, Message>();
	#client: RawClient | undefined;
	/** Over the current connection; undefined between two of them. */
	#send: ((number: number, message: Message) => void) | undefined;
	#look: Timer | undefined;
	#next = 0;
	#turn = 0;
	#isOver = false;

	private constructor(options: LastingOptions) {
		this.#options = options;
	}

	static async connect(options: LastingOptions): Promise<LastingClient> {
		const client = new LastingClient(options);
		await within(client.#connect(), `a connection of ${options.clientId}`);
		return client;
	}

	/** Messages that the broker has not confirmed yet. */
	get inFlight(): number {
		return this.#unconfirmed.size;
	}

	async subscribe(filter: string): Promise<void> {
		this.#filters.push(filter);
		const subscribed = this.#client?.subscribe(filter, 1);
		await within(subscribed ?? Promise.resolve(), `a subscription to ${filter}`);
	}

	publish(topic: string, payload: string, retain = false): void {
		const message = { topic, payload, retain };
		const number = this.#next++;
		this.#unconfirmed.set(number, message);
		this.#send?.(number, message);
	}

	/** Resolves when the broker has everything. */
	async confirmed(): Promise<void> {
		await until(() => this.inFlight === 0, "the broker to have everything", {
			ms: LONG_DEADLINE_MS,
			seen: () => `${this.inFlight} messages are not confirmed`,
		});
	}

	end(): void {
		this.#isOver = true;
		clearInterval(this.#look);
		this.#client?.end();
	}

	async #connect(): Promise<void> {
		while (!this.#isOver) {
			try {
				return await this.#tryNext();
			} catch {
				await Bun.sleep(RETRY_MS);
			}
		}
	}

	async #tryNext(): Promise<void> {
		const { ports, clientId, onMessage = () => {} } = this.#options;
		const port = ports[this.#turn++ % ports.length] ?? 0;
		const { promise: closed, reject } = Promise.withResolvers<never>();
		closed.catch(() => {});
		let client: RawClient | undefined;
		const onClose = () => {
			reject(new Error("the connection ended"));
			if (client === undefined || client !== this.#client) return;
			this.#client = undefined;
			this.#send = undefined;
			clearInterval(this.#look);
			void this.#connect();
		};
		const options = { port, clientId, clean: false, answerMs: ANSWER_MS, onMessage, onClose };
		client = await RawClient.connect(options);
		// A session may have been lost with its broker.
		for (const filter of this.#filters) await Promise.race([client.subscribe(filter, 1), closed]);
		this.#use(client);
	}

	#use(client: RawClient): void {
		const numbers = new Map<number, number>();
		let heardAt = performance.now();
		this.#look = setInterval(() => {
			if (this.inFlight === 0) heardAt = performance.now();
			else if (performance.now() - heardAt > SILENT_MS) client.terminate();
		}, LOOK_MS);
		client.onConfirmed = (id) => {
			heardAt = performance.now();
			this.#unconfirmed.delete(numbers.get(id) ?? -1);
			numbers.delete(id);
		};
		this.#client = client;
		this.#send = (number, { topic, payload, retain }) =>
			void numbers.set(client.publish(topic, payload, 1, retain), number);
		this.sentAgain += this.#unconfirmed.size;
		for (const [number, message] of this.#unconfirmed) this.#send(number, message);
	}
}
