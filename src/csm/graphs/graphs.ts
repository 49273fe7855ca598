import type { Broker, BrokerMessage } from "../../broker/broker.ts";
import { InputError, messageOf } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import type { GraphKey, Store } from "../../store/store.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import { pythonText } from "../python-text.ts";
import { decodeRequest, errorReply, type Request } from "./envelope.ts";
import { type FunctionLimits, FunctionSources } from "./function-sources.ts";
import { type DataPathPort, type LiveGraph, nameOf } from "./live-graph.ts";
import { Operations, type Reply, type SignalsPort } from "./operations.ts";

export interface GraphApiOptions extends FunctionLimits {
	/** Graphs that may be attached at a time. */
	maxGraphs: number;
	/** Requests that may wait; more are refused. */
	maxWaiting: number;
}

export interface GraphApiDeps {
	readonly store: Store;
	readonly broker: Broker;
	readonly dataPath: DataPathPort;
	readonly signals: SignalsPort;
	readonly log: Logger;
}

const REQUESTS = "iottalk/api/req/+/graph/+";

/** The graph API over MQTT (`csm.md §4`): restores stored graphs, takes requests, replies. */
export class GraphApi {
	readonly #options: GraphApiOptions;
	readonly #store: Store;
	readonly #broker: Broker;
	readonly #log: Logger;
	readonly #sources: FunctionSources;
	readonly #operations: Operations;
	readonly #queue = new KeyedQueue();
	#waiting = 0;

	constructor(options: GraphApiOptions, { store, broker, dataPath, signals, log }: GraphApiDeps) {
		this.#options = options;
		this.#store = store;
		this.#broker = broker;
		this.#log = log;
		this.#sources = new FunctionSources(options, store, dataPath);
		this.#operations = new Operations(options.maxGraphs, {
			store,
			sources: this.#sources,
			dataPath,
			signals,
			log,
		});
	}

	/** Brings stored graphs back and listens to requests. */
	async start(): Promise<void> {
		for (const graph of this.#stored()) await this.#operations.restore(graph);
		await this.#broker.subscribe(REQUESTS, (message) => this.#onRequest(message));
	}

	/** Takes no more requests and finishes those it has. */
	async stop(): Promise<void> {
		await this.#broker.unsubscribe(REQUESTS);
		await this.#queue.idle();
	}

	#stored(): LiveGraph[] {
		const onBadRow = (row: string, error: unknown) =>
			this.#log.error("stored row left out", { row, reason: messageOf(error) });
		const graphs = new Map<string, LiveGraph>();
		for (const { client, graph, join } of this.#store.graphs.all(onBadRow)) {
			const key = { client, graph };
			const name = nameOf(key);
			const handle = this.#sources.restore(join, this.#onBroken(name, join.digest));
			graphs.set(name, { key, join: { use: join, handle }, links: [] });
		}
		for (const { link, topic } of this.#store.graphs.allLinks(onBadRow)) {
			const graph = graphs.get(nameOf(link));
			if (graph === undefined) continue;
			const handle = this.#sources.restore(
				link.func,
				this.#onBroken(nameOf(link), link.func.digest),
			);
			graph.links = [...graph.links, { record: link, topic, handle }];
		}
		return [...graphs.values()];
	}

	#onBroken(graph: string, digest: string | null) {
		return (error: unknown) =>
			this.#log.error("stored function fails", { graph, digest, reason: messageOf(error) });
	}

	#onRequest({ topic, payload }: BrokerMessage): void {
		const [client = "", graph = ""] = topic
			.split("/")
			.filter((_, level) => level === 3 || level === 5);
		const key = { client, graph };
		if (this.#waiting >= this.#options.maxWaiting) {
			const reason = `too many requests are waiting: at most ${this.#options.maxWaiting} may`;
			void this.#reply(key, errorReply({}, reason));
			return;
		}
		this.#waiting += 1;
		const own = Buffer.from(payload);
		void this.#queue
			.run(nameOf(key), async () => this.#reply(key, await this.#answer(key, own)))
			.finally(() => {
				this.#waiting -= 1;
			});
	}

	async #answer(key: GraphKey, payload: Uint8Array): Promise<string> {
		let request: Request = {};
		try {
			request = decodeRequest(payload);
			const reply = await this.#perform(key, request);
			this.#log.info("graph changed", { graph: nameOf(key), op: request.op });
			return JSON.stringify(reply);
		} catch (error) {
			const fields = { graph: nameOf(key), op: request.op, reason: messageOf(error) };
			if (error instanceof InputError) {
				this.#log.warn("graph request refused", fields);
				return errorReply(request, error.message);
			}
			const stack = error instanceof Error ? error.stack : undefined;
			this.#log.error("graph request failed", { ...fields, stack });
			return errorReply(request, "internal error: the server's log says more");
		}
	}

	#perform(key: GraphKey, request: Request): Promise<Reply> {
		const { op } = request;
		const operations = this.#operations;
		if (op === "attach") return operations.attach(key, request);
		if (op === "detach") return operations.detach(key);
		const graph = operations.get(key);
		if (graph === undefined) throw new InputError(`Unknown graph id ${key.graph}`);
		switch (op) {
			case "add_funcs":
				return operations.addFuncs(request);
			case "rm_funcs":
				return operations.rmFuncs(request);
			case "add_link":
				return operations.addLink(graph, request);
			case "rm_link":
				return operations.rmLink(graph, request);
			case "set_join":
				return operations.setJoin(graph, request);
			case "set_df_func":
				return operations.setDfFunc(graph, request);
			case undefined:
				throw new InputError("Field 'op' is required and should be a string", "op");
			default:
				throw new InputError(`unknown op: \`${pythonText(op)}\``, "op");
		}
	}

	async #reply({ client, graph }: GraphKey, payload: string): Promise<void> {
		const topic = `iottalk/api/res/${client}/graph/${graph}`;
		try {
			await this.#broker.publish(topic, payload, { qos: 2 });
		} catch (error) {
			this.#log.warn("cannot reply", { topic, reason: messageOf(error) });
		}
	}
}
