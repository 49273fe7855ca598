import { ANYONE } from "../auth/mod.ts";
import {
	API_REQUESTS,
	decodeRequest,
	errorReply,
	type Request,
	responseTopic,
} from "../contract/mod.ts";
import {
	ElsewhereError,
	InputError,
	KeyedQueue,
	type Logger,
	messageOf,
	StorageError,
} from "../kit/mod.ts";
import type { BrokerMessage, MqttPort, Unsubscribe } from "../mqtt/mod.ts";
import { Fragments, type Whole } from "./fragments.ts";

/** A success reply, before it is written as JSON. */
export type Reply = Readonly<Record<string, unknown>>;

/** Where a request comes from, by its topic `iottalk/api/req/<client>/<service>/<graph>`. */
export interface Sender {
	readonly client: string;
	/** Empty where the topic has none. */
	readonly graph: string;
}

/** @param replied Resolves when the reply was sent. */
type Perform = (sender: Sender, request: Request, replied: Promise<void>) => Promise<Reply>;

export interface ApiListenerDeps {
	readonly broker: MqttPort;
	readonly log: Logger;
	/** Requests that may wait; more are refused. */
	readonly maxWaiting: number;
}

/**
 * Takes the requests of one kind of topic and sends one reply to each (`csm.md §4.1`): those of one
 * topic strictly in order of arrival, one at a time.
 */
export class ApiListener {
	readonly #filter: string;
	readonly #perform: Perform;
	readonly #deps: ApiListenerDeps;
	readonly #queue = new KeyedQueue();
	readonly #fragments: Fragments;
	#waiting = 0;
	#unsubscribe: Unsubscribe | undefined;

	/**
	 * @param filter Topic filter below `iottalk/api/req/`, such as `+/graph/+`.
	 * @param perform Carries a request out; an InputError it throws becomes the error reply.
	 */
	constructor(filter: string, perform: Perform, deps: ApiListenerDeps) {
		this.#filter = API_REQUESTS + filter;
		this.#perform = perform;
		this.#deps = deps;
		this.#fragments = new Fragments((whole) => this.#onRequest(whole), deps.log);
	}

	async start(): Promise<void> {
		const hear = (message: BrokerMessage) => this.#onMessage(message);
		this.#unsubscribe = await this.#deps.broker.subscribe(this.#filter, hear);
	}

	/** Takes no more requests and finishes those it has. */
	async stop(): Promise<void> {
		await this.#unsubscribe?.();
		this.#fragments.stop();
		await this.#queue.idle();
	}

	/** Runs work between the requests of a topic (below the prefix), in its turn. */
	run<T>(topic: string, work: () => Promise<T>): Promise<T> {
		return this.#queue.run(API_REQUESTS + topic, work);
	}

	#onMessage(message: BrokerMessage): void {
		const { topic, retained } = message;
		// It was carried out when it was published; what it removes then must not go again at each start.
		if (retained) {
			this.#deps.log.warn("request ignored: it is a retained message on the broker", { topic });
			message.done?.();
		} else this.#fragments.take(message);
	}

	#onRequest({ topic, text, user, done }: Whole): void {
		const { maxWaiting } = this.#deps;
		if (this.#waiting >= maxWaiting) {
			const reason = `too many requests are waiting: at most ${maxWaiting} may`;
			void this.#reply(topic, errorReply({}, reason)).then(done);
			return;
		}
		this.#waiting += 1;
		void this.#queue
			.run(topic, async () => {
				const { promise: replied, resolve } = Promise.withResolvers<void>();
				const answer = await this.#answer({ topic, text, user }, replied);
				if (answer === undefined) return;
				await this.#reply(topic, answer);
				resolve();
				done();
			})
			.finally(() => {
				this.#waiting -= 1;
			});
	}

	/** @returns undefined: another server has to answer it, which gets it as well. */
	async #answer(
		{ topic, text, user }: Omit<Whole, "done">,
		replied: Promise<void>,
	): Promise<string | undefined> {
		const [client = "", , graph = ""] = topic.slice(API_REQUESTS.length).split("/");
		const { log } = this.#deps;
		let request: Request = {};
		try {
			request = decodeRequest(text);
			const reply = await this.#perform({ client, graph }, request, replied);
			const fields = { topic, op: request.op, user };
			if (user === null || user === ANYONE.name) log.info("request done", fields);
			else log.audit("request done", fields);
			return JSON.stringify(reply);
		} catch (error) {
			const fields = { topic, op: request.op, user, reason: messageOf(error) };
			if (error instanceof ElsewhereError) {
				log.info("request left to another node", fields);
				return undefined;
			}
			if (error instanceof InputError || error instanceof StorageError) {
				log.warn("request refused", fields);
				return errorReply(request, error.message);
			}
			log.error("request failed", { ...fields, stack: error instanceof Error ? error.stack : "" });
			return errorReply(request, "internal error: see the server's log");
		}
	}

	async #reply(topic: string, payload: string): Promise<void> {
		try {
			await this.#deps.broker.publish(responseTopic(topic), payload, { qos: 2 });
		} catch (error) {
			this.#deps.log.warn("cannot reply", { topic, reason: messageOf(error) });
		}
	}
}
