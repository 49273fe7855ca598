import { type GraphKey, graphName } from "../../contract/mod.ts";
import {
	type Clock,
	ElsewhereError,
	type Logger,
	messageOf,
	pause,
	StorageError,
} from "../../kit/mod.ts";
import type { Partitions } from "../partitions.ts";
import type { CsmStore } from "../store/csm-store.ts";

export interface SharedDetachDeps {
	readonly store: CsmStore;
	readonly partitions: Pick<Partitions, "isOurs" | "detachGraph" | "onDetachGraph">;
	/** Detaches a graph of this node, behind the requests that wait for it. */
	readonly detach: (key: GraphKey) => Promise<unknown>;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Longer than a node that died is missing, for most leases. */
const PATIENCE_MS = 30_000;
const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 500;

/** Detaches all graphs of a client in a cluster (`csm.md §8`), each on the node that has it. */
export class SharedDetach {
	readonly #deps: SharedDetachDeps;
	#isStopping = false;

	constructor(deps: SharedDetachDeps) {
		this.#deps = deps;
	}

	/** Hears which graphs of this node are to be detached. */
	start(): void {
		this.#deps.partitions.onDetachGraph((key) => this.#detach(key));
	}

	/** Waits no longer: what is asked for again finds another node. */
	stop(): void {
		this.#isStopping = true;
	}

	/**
	 * Has the nodes of a client's graphs detach them; resolves when none of those that were attached is any more.
	 * @throws ElsewhereError when the client is another node's by now, StorageError when it takes too long.
	 */
	async detachAll(client: string): Promise<void> {
		const { partitions, clock } = this.#deps;
		const deadline = clock.now() + PATIENCE_MS;
		let left = await this.#graphsOf(client);
		// A node that has just lost one leaves this to the next, to which the broker gives it again.
		await Promise.all([...left.values()].map((key) => partitions.detachGraph(key)));
		for (let ms = FIRST_LOOK_MS; left.size > 0; ms = Math.min(2 * ms, LAST_LOOK_MS)) {
			await pause(clock, ms);
			if (this.#isStopping || !partitions.isOurs(client)) {
				throw new ElsewhereError("the client is another node's");
			}
			if (clock.now() > deadline) {
				throw new StorageError(
					`the server cannot detach all graphs now: ${left.size} of them are on nodes that do not answer`,
				);
			}
			const there = await this.#graphsOf(client);
			left = new Map([...left].filter(([name]) => there.has(name)));
		}
	}

	async #graphsOf(client: string): Promise<Map<string, GraphKey>> {
		// What cannot be read does not run, and stays.
		const stored = await this.#deps.store.rows.graphs.ofClient(client);
		return new Map(stored.map((key) => [graphName(key), key]));
	}

	/** @returns whether that was done, or cannot be: the next node is not to try it. */
	async #detach(key: GraphKey): Promise<boolean> {
		try {
			await this.#deps.detach(key);
		} catch (error) {
			if (error instanceof ElsewhereError) return false;
			this.#deps.log.warn("cannot detach a graph", {
				graph: graphName(key),
				reason: messageOf(error),
			});
		}
		return true;
	}
}
