import { type GraphKey, type Request, refuseOp } from "../../contract/mod.ts";
import { InputError, type Logger, messageOf } from "../../kit/mod.ts";
import type { Store } from "../../store/mod.ts";
import { ApiListener, type ApiListenerDeps, type Reply } from "../api-listener.ts";
import type { SignalsPort } from "./changes.ts";
import { type FunctionLimits, FunctionSources } from "./function-sources.ts";
import { type DataPathPort, type LiveGraph, nameOf } from "./live-graph.ts";
import { Operations } from "./operations.ts";

export interface GraphApiOptions extends FunctionLimits {
	/** Graphs that may be attached at a time. */
	maxGraphs: number;
}

export interface GraphApiDeps extends ApiListenerDeps {
	readonly store: Store;
	readonly dataPath: DataPathPort;
	readonly signals: SignalsPort;
}

/** The graph API over MQTT (`csm.md §4`): restores stored graphs, takes requests, replies. */
export class GraphApi {
	readonly #store: Store;
	readonly #log: Logger;
	readonly #sources: FunctionSources;
	readonly #operations: Operations;
	readonly #listener: ApiListener;

	constructor(options: GraphApiOptions, { store, dataPath, signals, ...deps }: GraphApiDeps) {
		const { log } = deps;
		this.#store = store;
		this.#log = log;
		this.#sources = new FunctionSources(options, store, dataPath);
		this.#operations = new Operations(options, {
			store,
			sources: this.#sources,
			dataPath,
			signals,
			log,
		});
		this.#listener = new ApiListener(
			"+/graph/+",
			(key, request) => this.#perform(key, request),
			deps,
		);
	}

	/** Brings stored graphs back and listens to requests. */
	async start(): Promise<void> {
		for (const graph of this.#stored()) await this.#operations.restore(graph);
		await this.#listener.start();
	}

	/** Takes no more requests and finishes those it has. */
	async stop(): Promise<void> {
		await this.#listener.stop();
	}

	/** All graphs as they run. */
	list(): LiveGraph[] {
		return this.#operations.list();
	}

	/** Detaches every graph of a client, each behind the requests that wait for it (`csm.md §8`). */
	async detachAll(client: string): Promise<void> {
		const keys = this.#operations.keysOf(client);
		await Promise.all(
			keys.map((key) =>
				this.#listener.run(`${key.client}/graph/${key.graph}`, () => this.#operations.detach(key)),
			),
		);
	}

	#stored(): LiveGraph[] {
		const onBadRow = (row: string, error: unknown) =>
			this.#log.error("stored row left out", { row, reason: messageOf(error) });
		const graphs = new Map<string, LiveGraph>();
		for (const { client, graph, join, joinAsked, monitor } of this.#store.graphs.all(onBadRow)) {
			const key = { client, graph };
			const name = nameOf(key);
			const handle = this.#sources.restore(join, (error) => this.#tell(name, join.digest, error));
			const restored = { use: join, handle, asked: joinAsked };
			graphs.set(name, { key, join: restored, monitor, links: [] });
		}
		for (const { link, topic } of this.#store.graphs.allLinks(onBadRow)) {
			const graph = graphs.get(nameOf(link));
			if (graph === undefined) continue;
			const handle = this.#sources.restore(link.func, (error, own) => {
				this.#tell(nameOf(link), link.func.digest, error);
				void this.#operations.links.judged(graph, link.id, own, error);
			});
			graph.links = [...graph.links, { record: link, topic, handle }];
		}
		return [...graphs.values()];
	}

	#tell(graph: string, digest: string | null, error: unknown): void {
		if (error === null) return;
		this.#log.error("stored function fails", { graph, digest, reason: messageOf(error) });
	}

	async #perform(key: GraphKey, request: Request): Promise<Reply> {
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
				return operations.links.addLink(graph, request);
			case "rm_link":
				return operations.links.rmLink(graph, request);
			case "set_join":
				return operations.setJoin(graph, request);
			case "set_df_func":
				return operations.links.setDfFunc(graph, request);
			case "get_graph":
				return operations.getGraph(graph);
			case "start_monitor":
				return operations.startMonitor(graph, request);
			case "stop_monitor":
				return operations.stopMonitor(graph, request);
			default:
				return refuseOp(op);
		}
	}
}
