import { ANYONE } from "../auth/mod.ts";
import {
	API_REQUESTS,
	decodeRequest,
	errorReply,
	graphName,
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
import type { Answers } from "./answers.ts";
import { Fragments, type Whole } from "./fragments.ts";
import type { Answering } from "./store/csm-store.ts";

/** A success reply, before it is written as JSON. */
export type Reply = Readonly<Record<string, unknown>>;

/** Where a request comes from, by its topic `iottalk/api/req/<client>/<service>/<graph>`. */
export interface Sender {
	readonly client: string;
	/** Empty where the topic has none. */
	readonly graph: string;
}

export interface ApiListenerDeps {
	readonly broker: MqttPort;
	readonly log: Logger;
	/** Requests that may wait; more are refused. */
	readonly maxWaiting: number;
	/** Of a node of a cluster, to which a request may come again. */
	readonly answers?: Answers | undefined;
}

/** What a request may need to know of its answer. */
export interface Turn {
	/** Undefined: the server is not a node of a cluster. */
	readonly answering: Answering | undefined;
	/** Resolves when the reply was sent. */
	readonly replied: Promise<void>;
}

/** Carries a request out. */
export type Perform = (sender: Sender, request: Request, turn: Turn) => Promise<Reply>;

/**
 * Takes the requests of one kind of topic and sends one reply to each (`csm.md §4.1`): those of one
 * topic strictly in order of arrival, one at a time.
 */
export class ApiListener {
	readonly #filter: string;
	readonly #perform: Perform;
	readonly #isKept: (request: Request) => boolean;
	readonly #deps: ApiListenerDeps;
	readonly #queue = new KeyedQueue();
	readonly #fragments: Fragments;
	#waiting = 0;
	#unsubscribe: Unsubscribe | undefined;

	/**
	 * @param filter Topic filter below `iottalk/api/req/`, such as `+/graph/+`.
	 * @param perform Carries a request out; an InputError it throws becomes the error reply.
	 * @param isKept Of a node of a cluster: whether the answer is stored; the others are made again.
	 */
	constructor(
		filter: string,
		perform: Perform,
		deps: ApiListenerDeps,
		isKept: (request: Request) => boolean = () => true,
	) {
		this.#isKept = isKept;
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

	#onRequest(whole: Whole): void {
		const { maxWaiting } = this.#deps;
		const { topic, done } = whole;
		if (this.#waiting >= maxWaiting) {
			const reason = `too many requests are waiting: at most ${maxWaiting} may`;
			void this.#reply(topic, errorReply({}, reason)).then(done);
			return;
		}
		this.#waiting += 1;
		void this.#queue
			.run(topic, async () => {
				const { promise: replied, resolve } = Promise.withResolvers<void>();
				if (!(await this.#answer(whole, replied))) return;
				resolve();
				done();
			})
			.finally(() => {
				this.#waiting -= 1;
			});
	}

	/** @returns false: another server has to answer it, which gets it as well. */
	async #answer(whole: Whole, replied: Promise<void>): Promise<boolean> {
		const { topic } = whole;
		const { answers } = this.#deps;
		const sender = senderOf(topic);
		const key = sender.graph === "" ? sender.client : graphName(sender);
		const answering = answers?.begin({ key, ...whole });
		if (answering !== undefined && answers?.isCurrent(answering) === false) return false;
		const before = answering && answers?.before(answering);
		if (before?.isSent === true) return true;
		let reply = before?.reply;
		let isKept = true;
		if (reply === undefined) {
			const outcome = await this.#carryOut(whole, sender, { answering, replied });
			if (outcome === undefined) return false;
			({ reply, isKept } = outcome);
		} else this.#deps.log.info("request answered as before", { topic });
		const isSent = await this.#reply(topic, reply);
		if (answering !== undefined) answers?.end(answering, isKept ? reply : undefined, isSent);
		return true;
	}

	async #carryOut(
		{ topic, text, user }: Whole,
		sender: Sender,
		turn: Turn,
	): Promise<{ reply: string; isKept: boolean } | undefined> {
		const { answers, log } = this.#deps;
		const { answering } = turn;
		let request: Request = {};
		const fieldsOf = () => ({ topic, op: request.op, user });
		const perform = async () => {
			try {
				request = decodeRequest(text);
				const reply = JSON.stringify(await this.#perform(sender, request, turn));
				if (user === null || user === ANYONE.name) log.info("request done", fieldsOf());
				else log.audit("request done", fieldsOf());
				return reply;
			} catch (error) {
				return this.#refusal(error, request, fieldsOf());
			}
		};
		try {
			const reply = await perform();
			const isKept = this.#isKept(request);
			if (answering !== undefined && isKept) await answers?.keep(answering, reply);
			// What it says may not be so any more.
			else if (answering !== undefined && answers?.isCurrent(answering) === false) return undefined;
			return { reply, isKept };
		} catch (error) {
			if (!(error instanceof ElsewhereError)) throw error;
			const fields = { ...fieldsOf(), reason: error.message };
			if (answering !== undefined && answers?.isKept(answering) === true) {
				// It comes to no one else: what it changes besides is another node's.
				log.warn("request refused", fields);
				return { reply: errorReply(request, error.message), isKept: false };
			}
			log.info("request left to another node", fields);
			return undefined;
		}
	}

	/** The reply to a request that failed. @throws ElsewhereError: another server has to answer it. */
	#refusal(error: unknown, request: Request, fields: Readonly<Record<string, unknown>>): string {
		const { log } = this.#deps;
		if (error instanceof ElsewhereError) throw error;
		const told = { ...fields, reason: messageOf(error) };
		if (error instanceof InputError || error instanceof StorageError) {
			log.warn("request refused", told);
			return errorReply(request, error.message);
		}
		log.error("request failed", { ...told, stack: error instanceof Error ? error.stack : "" });
		return errorReply(request, "internal error: see the server's log");
	}

	/** @returns whether the broker has it. */
	async #reply(topic: string, payload: string): Promise<boolean> {
		try {
			await this.#deps.broker.publish(responseTopic(topic), payload, { qos: 2 });
			return true;
		} catch (error) {
			this.#deps.log.warn("cannot reply", { topic, reason: messageOf(error) });
			return false;
		}
	}
}

function senderOf(topic: string): Sender {
	const [client = "", , graph = ""] = topic.slice(API_REQUESTS.length).split("/");
	return { client, graph };
}
