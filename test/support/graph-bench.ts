// The operations of the graph API over a database of their own, without a broker: what they do to the data path and
// to devices is noted.
import type { PipelineSpec, Request } from "../../src/contract/mod.ts";
import { Changes } from "../../src/csm/graphs/changes.ts";
import { CurrentRequests } from "../../src/csm/graphs/current-requests.ts";
import { FunctionSources } from "../../src/csm/graphs/function-sources.ts";
import { restoreGraphs } from "../../src/csm/graphs/graph-restore.ts";
import { GraphRoom } from "../../src/csm/graphs/graph-room.ts";
import type { DataPathPort } from "../../src/csm/graphs/live-graph.ts";
import { LiveGraphs } from "../../src/csm/graphs/live-graphs.ts";
import type { GraphContext } from "../../src/csm/graphs/operations/operation.ts";
import { operationOf } from "../../src/csm/graphs/operations/table.ts";
import type { CsmStore } from "../../src/csm/store/csm-store.ts";
import { SourceError } from "../../src/kit/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { openCsmStore } from "./csm-store.ts";
import { listenedLog } from "./log.ts";

/** Takes every source that does not contain `bad`. */
class NotedDataPath implements DataPathPort {
	/** Functions that were made and not discarded, by handle. */
	readonly functions = new Map<number, string>();
	readonly graphs = new Map<string, PipelineSpec>();
	#made = 0;

	prepare(_graph: string, { code }: Parameters<DataPathPort["prepare"]>[1]) {
		this.#made += 1;
		this.functions.set(this.#made, code);
		const isBad = code.includes("bad");
		const ready = isBad ? Promise.reject(new SourceError(`bad: ${code}`)) : Promise.resolve();
		return { handle: this.#made, ready };
	}

	discard(handle: number): void {
		this.functions.delete(handle);
	}

	async set(name: string, spec: PipelineSpec): Promise<void> {
		this.graphs.set(name, spec);
	}

	async remove(name: string): Promise<void> {
		this.graphs.delete(name);
	}
}

export interface GraphBench {
	readonly store: Store;
	readonly csm: CsmStore;
	readonly context: GraphContext;
	readonly dataPath: NotedDataPath;
	/** Signals to devices, such as `attach d/idf/f`. */
	readonly signals: string[];
	readonly log: ReturnType<typeof listenedLog>["lines"];
	/** Carries a request out, in a graph of the client `c`. */
	ask(graph: string, request: Request): Promise<Record<string, unknown>>;
	close(): Promise<void>;
}

/** Opens the directory's database and restores what is in it. */
export async function openGraphBench(userdir: string, maxGraphs = 100): Promise<GraphBench> {
	const { log, lines } = listenedLog();
	const { store, csm } = openCsmStore(userdir);
	const dataPath = new NotedDataPath();
	const signals: string[] = [];
	const note = (what: string) => async (key: { daId: string; mode: string; feature: string }) => {
		signals.push(`${what} ${key.daId.slice(0, 1)}/${key.mode}/${key.feature}`);
	};
	const limits = { maxGraphs, maxSourceBytes: 1000, maxFunctions: 10 };
	const sources = new FunctionSources(limits, csm, dataPath);
	const changing = {
		store: csm,
		sources,
		dataPath,
		signals: { attach: note("attach"), restore: note("restore"), detach: note("detach") },
		requests: new CurrentRequests(),
		log,
	};
	const graphs = new LiveGraphs();
	const nextLinkId = () => graphs.nextLinkId();
	const room = new GraphRoom(limits, graphs);
	const context = { ...changing, graphs, changes: new Changes(changing), nextLinkId, room };
	await sources.recount();
	await restoreGraphs(context);
	return {
		store,
		csm,
		context,
		dataPath,
		signals,
		log: lines,
		ask: async (graph, request) => {
			const operation = operationOf(request.op);
			if (operation === undefined) throw new Error(`no operation ${String(request.op)}`);
			return await operation(context, { client: "c", graph }, request);
		},
		close: () => store.close(),
	};
}
