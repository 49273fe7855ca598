import type { LinkKey } from "../../contract/mod.ts";
import type { Logger } from "../../kit/mod.ts";
import type { Store } from "../../store/mod.ts";
import type { FunctionSources, PreparedUse } from "./function-sources.ts";
import { type DataPathPort, type LiveGraph, nameOf, shapeOf } from "./live-graph.ts";

/** What csm/graphs asks of the control channels; `csm/devices` fulfils it. */
export interface SignalsPort {
	attach(key: LinkKey, topic: string): Promise<void>;
	detach(key: LinkKey): Promise<void>;
}

export interface ChangesDeps {
	readonly store: Store;
	readonly sources: FunctionSources;
	readonly dataPath: DataPathPort;
	readonly signals: SignalsPort;
	readonly log: Logger;
}

/** Changes graphs in the database and, in the order of commits, in what runs. */
export class Changes {
	readonly #deps: ChangesDeps;

	constructor(deps: ChangesDeps) {
		this.#deps = deps;
	}

	/**
	 * Runs one transaction and then the change of what runs; resolves when both are done. With a prepared
	 * function its sources are kept, and it is discarded when it came to nothing.
	 */
	async commit<T>(
		work: (store: Store) => T,
		apply: (result: T) => (Promise<void> | false)[],
		prepared?: PreparedUse,
	): Promise<void> {
		let applying: (Promise<void> | false)[] = [];
		try {
			await this.#deps.store.write(
				(store) => {
					if (prepared !== undefined) store.functions.keep(prepared.sources, Date.now());
					const result = work(store);
					store.functions.sweep();
					return result;
				},
				(result) => {
					applying = apply(result);
				},
			);
		} catch (error) {
			if (prepared !== undefined) this.#deps.sources.discard(prepared);
			throw error;
		}
		await Promise.all(applying);
	}

	/** Has the data path run a graph as it is now. */
	run(graph: LiveGraph): Promise<void> {
		return this.#deps.dataPath.set(nameOf(graph.key), shapeOf(graph));
	}
}
