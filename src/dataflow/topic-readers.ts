import type { PipelineSpec } from "../contract/mod.ts";
import type { BrokerMessage, MqttPort, Unsubscribe } from "../mqtt/mod.ts";
import type { GraphEntry } from "./graph-table.ts";
import type { LinkStats } from "./stats.ts";

/** An input link and the graph that a message on its topic is for. */
export interface Reader extends GraphEntry {
	readonly linkId: number;
	readonly stats: LinkStats;
}

/** The readers of one topic by link id. */
export type Readers = ReadonlyMap<number, Reader>;

interface Subscription {
	readonly readers: Map<number, Reader>;
	/** Once the broker has confirmed it. */
	readonly opened: Promise<Unsubscribe>;
}

/** Subscriptions to the topics of inputs: one for each topic, however many graphs link its feature. */
export class TopicReaders {
	readonly #broker: Pick<MqttPort, "subscribe">;
	readonly #onMessage: (readers: Readers, message: BrokerMessage) => void;
	readonly #topics = new Map<string, Subscription>();

	/** @param onMessage Takes each message with the readers of its topic at that time. */
	constructor(
		broker: Pick<MqttPort, "subscribe">,
		onMessage: (readers: Readers, message: BrokerMessage) => void,
	) {
		this.#broker = broker;
		this.#onMessage = onMessage;
	}

	/**
	 * Follows a graph's change from one state to the next; resolves when the broker has confirmed it.
	 * @throws what the broker refuses a subscription with, to all graphs that wait for it.
	 */
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
		const subscriptions = [...this.#topics.values()];
		this.#topics.clear();
		await Promise.all(subscriptions.map(close));
	}

	async #add(linkId: number, topic: string, { pipeline, record }: GraphEntry): Promise<void> {
		const reader: Reader = { linkId, pipeline, record, stats: record.statsOf(linkId) };
		const known = this.#topics.get(topic);
		if (known !== undefined) {
			known.readers.set(linkId, reader);
			await known.opened;
			return;
		}
		const readers = new Map([[linkId, reader]]);
		const hear = (message: BrokerMessage) => this.#onMessage(readers, message);
		const opened = this.#broker.subscribe(topic, hear, { isData: true });
		const subscription = { readers, opened };
		this.#topics.set(topic, subscription);
		try {
			await opened;
		} catch (error) {
			// The next reader asks again.
			if (this.#topics.get(topic) === subscription) this.#topics.delete(topic);
			throw error;
		}
	}

	async #remove(linkId: number, topic: string): Promise<void> {
		const subscription = this.#topics.get(topic);
		subscription?.readers.delete(linkId);
		if (subscription?.readers.size !== 0) return;
		this.#topics.delete(topic);
		await close(subscription);
	}
}

async function close({ opened }: Subscription): Promise<void> {
	// One that was refused need not be ended; those that asked for it are told.
	const unsubscribe = await opened.catch(() => undefined);
	await unsubscribe?.();
}
