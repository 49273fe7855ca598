import type { Reply } from "../api-listener.ts";
import type { Answer, Answering } from "../store/csm-store.ts";

/** Requests of graphs that are being carried out, in a cluster: those of one graph come one at a time. */
export class CurrentRequests {
	readonly #current = new Map<string, Answering>();

	/** @param graph Its name, `CLIENT/GRAPH`. @param answering Undefined: it cannot come again. */
	async during<T>(
		graph: string,
		answering: Answering | undefined,
		work: () => Promise<T> | T,
	): Promise<T> {
		if (answering === undefined) return await work();
		this.#current.set(graph, answering);
		try {
			return await work();
		} finally {
			this.#current.delete(graph);
		}
	}

	/** The answer to the current request of a graph, to be stored with what it changes; undefined: nothing is stored. */
	answer(graph: string, reply: Reply): Answer | undefined {
		const to = this.#current.get(graph);
		return to && { to, reply: JSON.stringify(reply) };
	}
}
