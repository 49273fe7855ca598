import { type GraphKey, graphName } from "../../contract/mod.ts";
import type { LiveGraph } from "./live-graph.ts";
import { OwnTopics, type TopicBook } from "./topic-book.ts";

/** All graphs that this server runs, with what they share. */
export class LiveGraphs {
	/** The topics of link keys. */
	readonly topics: TopicBook;
	readonly #graphs = new Map<string, LiveGraph>();
	#lastLinkId = 0;

	constructor(topics: TopicBook = new OwnTopics()) {
		this.topics = topics;
	}

	get size(): number {
		return this.#graphs.size;
	}

	list(): LiveGraph[] {
		return [...this.#graphs.values()];
	}

	/** Keys of the graphs a client has attached. */
	keysOf(client: string): GraphKey[] {
		return this.list()
			.map(({ key }) => key)
			.filter((key) => key.client === client);
	}

	get(key: GraphKey): LiveGraph | undefined {
		return this.#graphs.get(graphName(key));
	}

	add(graph: LiveGraph): void {
		this.#graphs.set(graphName(graph.key), graph);
	}

	remove(key: GraphKey): void {
		this.#graphs.delete(graphName(key));
	}

	/** Ids given from now on are greater. */
	skipLinkIds(last: number): void {
		this.#lastLinkId = Math.max(this.#lastLinkId, last);
	}

	/** An id greater than all before: links of a graph take their join slots in this order (`csm.md §5.2`). */
	nextLinkId(): number {
		this.#lastLinkId += 1;
		return this.#lastLinkId;
	}
}
