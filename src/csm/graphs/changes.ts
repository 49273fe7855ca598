import { type FunctionUse, type GraphKey, graphName, type LinkKey } from "../../contract/mod.ts";
import type { Logger } from "../../kit/mod.ts";
import type { Reply } from "../api-listener.ts";
import type { CsmRows, CsmStore } from "../store/csm-store.ts";
import { textOf } from "../store/link-topics.ts";
import type { CurrentRequests } from "./current-requests.ts";
import type { FunctionSources, PreparedUse } from "./function-sources.ts";
import { type DataPathPort, type LiveGraph, specOf } from "./live-graph.ts";

/** What csm/graphs asks of the control channels; `csm/devices` fulfils it. */
export interface SignalsPort {
	attach(key: LinkKey, topic: string): Promise<void>;
	/** A stored link is there again after a start. */
	restore(key: LinkKey, topic: string): void;
	detach(key: LinkKey): Promise<void>;
}

export interface ChangesDeps {
	readonly store: CsmStore;
	readonly sources: FunctionSources;
	readonly dataPath: DataPathPort;
	readonly signals: SignalsPort;
	/** What is being carried out. */
	readonly requests: CurrentRequests;
	readonly log: Logger;
}

/** A change of a graph in the database, and what follows from it. */
export interface Change<T> {
	/** What is changed. */
	readonly graph: GraphKey;
	/** How the request that asks for it is answered then; in a cluster that is stored with the change. */
	readonly reply: Reply;
	/** What was decided in memory is stored; it may decide more there, if `undone` takes it back. */
	readonly work: (rows: CsmRows) => Promise<T>;
	/** Called when the database's part is undone. */
	readonly undone?: () => void;
	/** Changes what runs, in the order of commits. @returns what to wait for. */
	readonly apply: (result: T) => (Promise<void> | false)[];
	/** A function that is going to be used: its sources are kept; it is discarded when the change fails. */
	readonly prepared?: PreparedUse;
	/** Uses that end: their sources may not be needed any more. */
	readonly freed?: readonly FunctionUse[];
	/** Of links whose topics may come or go. */
	readonly keys?: readonly LinkKey[];
}

/** Changes graphs in the database and, in the order of commits, in what runs. */
export class Changes {
	readonly #deps: ChangesDeps;

	constructor(deps: ChangesDeps) {
		this.#deps = deps;
	}

	/** Runs one transaction and then the change of what runs; resolves when both are done. @returns the reply. */
	async commit<T>(change: Change<T>): Promise<Reply> {
		const { graph, reply, work, undone, apply, prepared, freed = [], keys = [] } = change;
		const { store, sources, requests } = this.#deps;
		const name = graphName(graph);
		const digests = freed.flatMap(digestsOf);
		const kept = prepared?.sources.map(({ digest }) => digest) ?? [];
		let applying: (Promise<void> | false)[] | undefined;
		try {
			await store.write(
				async (rows) => {
					if (prepared !== undefined) await rows.functions.keep(prepared.sources, Date.now());
					const result = await work(rows);
					if (digests.length > 0) await rows.functions.sweep(digests);
					return result;
				},
				{
					shared: [...kept, ...digests, ...keys.map(textOf)],
					committed: (result) => {
						applying = apply(result);
					},
					...(undone !== undefined && { undone }),
				},
				[name],
				requests.answer(name, reply),
			);
		} catch (error) {
			// What the disk did not confirm is in effect anyway.
			if (applying !== undefined) await Promise.allSettled(applying);
			else if (prepared !== undefined) sources.discard(prepared);
			throw error;
		}
		await Promise.all(applying ?? []);
		const keepsSources = prepared !== undefined && prepared.sources.length > 0;
		if (keepsSources || digests.length > 0) await sources.recount();
		return reply;
	}

	/** Has the data path run a graph as it is now. */
	run(graph: LiveGraph): Promise<void> {
		return this.#deps.dataPath.set(graphName(graph.key), specOf(graph));
	}
}

function digestsOf({ digest, depends }: FunctionUse): string[] {
	return digest === null ? [] : [digest, ...Object.values(depends)];
}
