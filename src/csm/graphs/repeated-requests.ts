import { graphName, type Request } from "../../contract/mod.ts";
import { digestOfSource } from "../../kit/mod.ts";
import type { Reply } from "../api-listener.ts";
import type { Partitions } from "../partitions.ts";
import type { LiveGraph } from "./live-graph.ts";

/**
 * Requests of graphs in a cluster, which may come a second time: the node that carried one out died before it could
 * acknowledge it. What it stored with the change tells the next node, which answers as the first would have.
 */
export class RepeatedRequests {
	readonly #partitions: Pick<Partitions, "wasDone"> | undefined;
	readonly #current = new Map<string, string>();

	/** @param partitions Undefined: the server is alone, and nothing comes twice. */
	constructor(partitions: Pick<Partitions, "wasDone"> | undefined) {
		this.#partitions = partitions;
	}

	/** The digest of the request of a graph (`CLIENT/GRAPH`) that is being carried out, to be stored with its change. */
	of(name: string): string | undefined {
		return this.#current.get(name);
	}

	/**
	 * Carries out a request of a graph, unless it was done already. Those of one graph come one at a time.
	 * @param graph Undefined: it is not attached.
	 */
	async run(
		graph: LiveGraph | undefined,
		request: Request,
		work: () => Promise<Reply> | Reply,
	): Promise<Reply> {
		if (this.#partitions === undefined || graph === undefined) return await work();
		const name = graphName(graph.key);
		const digest = digestOfSource(JSON.stringify(request));
		// Only the first one after a takeover can be the last one of the node before.
		if (graph.isTakenOver === true) {
			const wasDone = await this.#partitions.wasDone(name, digest);
			graph.isTakenOver = false;
			if (wasDone) return { ...request, state: "ok" };
		}
		this.#current.set(name, digest);
		try {
			return await work();
		} finally {
			this.#current.delete(name);
		}
	}
}
