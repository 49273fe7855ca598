import type { PipelineSpec } from "../contract/mod.ts";
import type { Broker, BrokerMessage } from "../mqtt/mod.ts";
import type { GraphEntry } from "./graph-table.ts";
import type { LinkStats } from "./stats.ts";

/** An input link and the graph that a message on its topic is for. */
export interface Reader extends GraphEntry {
	readonly linkId: number;
	readonly stats: LinkStats;
}

/** The readers of one topic by link id. */
export type Readers = ReadonlyMap<number, Reader>;

/** Subscriptions to the topics of inputs: one for each topic, however many graphs link its feature. */
export class TopicReaders {
	readonly #broker: Pick<Broker, "subscribe" | "unsubscribe">;
	readonly #onMessage: (readers: Readers, message: BrokerMessage) => void;
	readonly #topics = new Map<string, Map<number, Reader>>();

	/** @param onMessage Takes each message with the readers of its topic at that time. */
	constructor(
		broker: Pick<Broker, "subscribe" | "unsubscribe">,
		onMessage: (readers: Readers, message: BrokerMessage) => void,
	) {
		this.#broker = broker;
		this.#onMessage = onMessage;
	}

	/** Follows a graph's change from one state to the next; resolves when the broker has confirmed it. */
	async follow(graph: GraphEntry, before: PipelineSpec, after: PipelineSpec): Promise<void> {
		const wanted = new Set(after.idfs.map(({ id }) => id));
		const known = new Set(before.idfs.map(({ id }) => id));
		const gone = before.idfs.filter(({ id }) => !wanted.has(id));
		const added = after.idfs.filter(({ id }) => !known.has(id));
		await Promise.all([
			...gone.map(({ id, topic }) => this.#remove(id, topic)),
			...added.map(({ id, topic }) => this.#add(id, topic, graph)),
		]);
	}

	/** Ends all subscriptions. */
	async stop(): Promise<void> {
		const topics = [...this.#topics.keys()];
		this.#topics.clear();
		await Promise.all(topics.map((topic) => this.#broker.unsubscribe(topic)));
	}

	async #add(linkId: number, topic: string, { pipeline, record }: GraphEntry): Promise<void> {
		const reader: Reader = { linkId, pipeline, record, stats: record.statsOf(linkId) };
		const readers = this.#topics.get(topic);
		if (readers !== undefined) {
			readers.set(linkId, reader);
			return;
		}
		const first = new Map([[linkId, reader]]);
		this.#topics.set(topic, first);
		await this.#broker.subscribe(topic, (message) => this.#onMessage(first, message));
	}

	async #remove(linkId: number, topic: string): Promise<void> {
		const readers = this.#topics.get(topic);
		readers?.delete(linkId);
		if (readers?.size !== 0) return;
		this.#topics.delete(topic);
		await this.#broker.unsubscribe(topic);
	}
}
