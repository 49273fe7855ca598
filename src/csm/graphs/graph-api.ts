import { type GraphKey, graphName, graphPath, type Request, refuseOp } from "../../contract/mod.ts";
import { type Clock, InputError } from "../../kit/mod.ts";
import { ApiListener, type ApiListenerDeps, type Reply, type Turn } from "../api-listener.ts";
import type { Partitions } from "../partitions.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { UsedFunction } from "../store/function-uses.ts";
import { Changes, type SignalsPort } from "./changes.ts";
import { CurrentRequests } from "./current-requests.ts";
import { type FunctionLimits, FunctionSources } from "./function-sources.ts";
import { dropGraphs, restoreGraphs } from "./graph-restore.ts";
import { GraphRoom } from "./graph-room.ts";
import type { DataPathPort, LiveGraph } from "./live-graph.ts";
import { LiveGraphs } from "./live-graphs.ts";
import { detach } from "./operations/attachment.ts";
import type { GraphContext } from "./operations/operation.ts";
import { operationOf } from "./operations/table.ts";
import { SharedTopics } from "./topic-book.ts";

export interface GraphApiOptions extends FunctionLimits {
	/** Graphs that may be attached at once. */
	maxGraphs: number;
}

export interface GraphApiDeps extends ApiListenerDeps {
	readonly store: CsmStore;
	readonly dataPath: DataPathPort;
	readonly signals: SignalsPort;
	readonly clock: Clock;
	/** Of a node of a cluster, which has no graphs before it takes over some. */
	readonly partitions?: Partitions | undefined;
}

/** The graph API over MQTT (`csm.md §4`): restores stored graphs, takes requests, replies. */
export class GraphApi {
	readonly #context: GraphContext;
	readonly #listener: ApiListener;

	readonly #isShared: boolean;

	constructor(
		limits: GraphApiOptions,
		{ store, dataPath, signals, partitions, clock, ...deps }: GraphApiDeps,
	) {
		const sources = new FunctionSources(limits, store, dataPath);
		const requests = new CurrentRequests();
		const changing = { store, sources, dataPath, signals, requests, log: deps.log };
		const graphs = new LiveGraphs(partitions && new SharedTopics(partitions));
		this.#isShared = partitions !== undefined;
		this.#context = {
			...changing,
			graphs,
			changes: new Changes(changing),
			nextLinkId: () => partitions?.nextLinkId() ?? graphs.nextLinkId(),
			room: new GraphRoom(limits, graphs, partitions && clock),
		};
		this.#listener = new ApiListener(
			graphPath({ client: "+", graph: "+" }),
			(key, ...asked) => this.#perform(key, ...asked),
			deps,
			// It changes nothing.
			({ op }) => op !== "get_graph",
		);
	}

	/** Brings stored graphs back and listens to requests. */
	async start(): Promise<void> {
		await this.#context.sources.recount();
		if (!this.#isShared) await restoreGraphs(this.#context);
		await this.#listener.start();
	}

	/** Takes over stored graphs from other nodes of the cluster. @param isOurs By the name, `CLIENT/GRAPH`. */
	adopt(isOurs: (name: string) => boolean): Promise<void> {
		return restoreGraphs(this.#context, isOurs);
	}

	/** Leaves graphs to other nodes of the cluster. */
	drop(isGone: (name: string) => boolean): Promise<void> {
		return dropGraphs(this.#context, isGone);
	}

	/** Takes no more requests and finishes those it has. */
	async stop(): Promise<void> {
		await this.#listener.stop();
	}

	/** All graphs as they run. */
	list(): LiveGraph[] {
		return this.#context.graphs.list();
	}

	/** Detaches every graph of a client, each behind the requests that wait for it (`csm.md §8`). */
	async detachAll(client: string): Promise<void> {
		const keys = this.#context.graphs.keysOf(client);
		await Promise.all(keys.map((key) => this.detach(key)));
	}

	/** Detaches a graph, behind the requests that wait for it. */
	async detach(key: GraphKey): Promise<void> {
		await this.#listener.run(graphPath(key), () => detach(this.#context, key));
	}

	/** How many sources of functions are stored. */
	get functionCount(): number {
		return this.#context.sources.count;
	}

	/** All stored functions without their sources. */
	functions(): Promise<UsedFunction[]> {
		return this.#context.sources.list();
	}

	/** Source of a stored function. */
	storedCode(digest: string): Promise<string | undefined> {
		return this.#context.sources.code(digest);
	}

	/** Source of a function a graph uses. */
	codeInUse(digest: string): string | undefined {
		const cached = this.#context.sources.cached(digest);
		if (cached !== undefined) return cached;
		for (const { join, links } of this.list()) {
			for (const { sources } of [join, ...links]) {
				const found = sources.find((source) => source.digest === digest);
				if (found !== undefined) return found.code;
			}
		}
		return undefined;
	}

	async #perform(key: GraphKey, request: Request, { answering }: Turn): Promise<Reply> {
		const { op } = request;
		const operation = operationOf(op);
		if (operation !== undefined) {
			const work = () => operation(this.#context, key, request);
			return this.#context.requests.during(graphName(key), answering, work);
		}
		if (this.#context.graphs.get(key) === undefined)
			throw new InputError(`Unknown graph id ${key.graph}`);
		return refuseOp(op);
	}
}
