import { type ApiTopics, apiTopics, graphPath } from "../contract/mod.ts";
import { type Cancel, type Clock, KeyedQueue, messageOf, Semaphore } from "../kit/mod.ts";
import { type CsmMessage, type CsmMqtt, readObject } from "./mqtt-access.ts";
import { type GraphReply, type Outcome, outcomeOf } from "./outcome.ts";

/** A request of the graph API (`csm.md §4`). */
export type GraphRequest = { readonly op: string } & Readonly<Record<string, unknown>>;

export interface GraphClientOptions {
	/** Name in `iottalk/api/req/<client>/graph/<graph>`. */
	readonly client: string;
	/** How long an answer may take. */
	readonly timeoutMs?: number;
	/** Requests of all graphs that may be on their way; a CSM refuses what is too much. */
	readonly maxInFlight?: number;
}

export interface GraphClientDeps {
	readonly mqtt: CsmMqtt;
	readonly clock: Clock;
}

const TIMEOUT_MS = 5000;
const MAX_IN_FLIGHT = 64;
/** Fields an answer has of its request, where it has them. */
const ECHOED = ["op", "da_id", "idf", "odf", "new"] as const;

interface Pending {
	readonly request: GraphRequest;
	end(outcome: Outcome): void;
}

/**
 * Speaks the graph API to any CSM. Of each graph one request is on its way, so that its answer can be told; of all
 * graphs a limited number. What fails is a value: only the caller knows what to do about it.
 */
export class GraphClient {
	readonly #mqtt: CsmMqtt;
	readonly #clock: Clock;
	readonly #prefix: ApiTopics;
	readonly #timeoutMs: number;
	readonly #turns = new KeyedQueue();
	readonly #inFlight: Semaphore;
	readonly #pending = new Map<string, Pending>();
	#stopped = false;

	constructor({ client, timeoutMs, maxInFlight }: GraphClientOptions, deps: GraphClientDeps) {
		this.#mqtt = deps.mqtt;
		this.#clock = deps.clock;
		this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
		this.#inFlight = new Semaphore(maxInFlight ?? MAX_IN_FLIGHT);
		this.#prefix = apiTopics(graphPath({ client, graph: "" }));
	}

	/** Listens for answers. */
	async start(): Promise<void> {
		// Answers that came in between are lost: better asked again now than after the time limit.
		this.#mqtt.onReconnect(() => this.#endAll("the connection to the broker was lost"));
		await this.#mqtt.subscribe(`${this.#prefix.res}+`, (message) => this.#onMessage(message));
	}

	/** Ends all requests without an answer; graphs stay as they are. */
	stop(): void {
		this.#stopped = true;
		this.#endAll("the client has stopped");
	}

	/** Sends a request in its graph's turn; resolves with its end, whatever that is. */
	request(graph: string, request: GraphRequest): Promise<Outcome> {
		return this.#turns.run(graph, () => this.#inFlight.run(() => this.#exchange(graph, request)));
	}

	async #exchange(graph: string, request: GraphRequest): Promise<Outcome> {
		if (this.#stopped) return { kind: "lost", reason: "the client has stopped" };
		const { promise, resolve } = Promise.withResolvers<Outcome>();
		let cancel: Cancel = () => {};
		const pending: Pending = {
			request,
			end: (outcome) => {
				cancel();
				if (this.#pending.get(graph) === pending) this.#pending.delete(graph);
				resolve(outcome);
			},
		};
		this.#pending.set(graph, pending);
		const lost = (reason: string) => pending.end({ kind: "lost", reason });
		const timeoutMs = this.#timeoutMs;
		cancel = this.#clock.after(timeoutMs, () =>
			lost(`CSM has not answered ${request.op} within ${timeoutMs / 1000} s`),
		);
		this.#mqtt
			.publish(this.#prefix.req + graph, JSON.stringify(request), { qos: 2 })
			.catch((error: unknown) => lost(`cannot publish: ${messageOf(error)}`));
		return promise;
	}

	#onMessage(message: CsmMessage): void {
		const { topic } = message;
		const pending = this.#pending.get(topic.slice(this.#prefix.res.length));
		if (pending === undefined) return;
		const reply = readObject(message);
		if (reply !== undefined && answers(reply, pending.request)) pending.end(outcomeOf(reply));
	}

	#endAll(reason: string): void {
		for (const { end } of [...this.#pending.values()]) end({ kind: "lost", reason });
	}
}

/** Whether it is the request's answer, not a late one to an earlier request. Overload is told without any field. */
function answers(reply: GraphReply, request: GraphRequest): boolean {
	if (reply.op === undefined) return reply.state === "error";
	return ECHOED.every((field) => reply[field] === undefined || reply[field] === request[field]);
}
