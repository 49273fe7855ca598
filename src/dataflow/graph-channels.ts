import type { Logger } from "../kit/mod.ts";
import type { BrokerMessage, DataSink, MqttPort } from "../mqtt/mod.ts";
import { DataSender, type DataSenderOptions } from "./data-sender.ts";
import { type Readers, TopicReaders } from "./topic-readers.ts";

/** Where data of graphs comes from and goes to. */
export interface DataPort extends Pick<MqttPort, "subscribe">, DataSink {}

/** What graphs that share a port have in common. */
export interface GraphChannel {
	readonly readers: TopicReaders;
	readonly sender: DataSender;
}

export interface GraphChannelsDeps {
	/** The port of a graph that has none of its own. */
	readonly port: DataPort;
	/** Takes each message with the readers of its topic at that time. */
	readonly onMessage: (readers: Readers, message: BrokerMessage) => void;
	readonly log: Logger;
}

interface Shared {
	readonly channel: GraphChannel;
	readonly port: DataPort;
	/** Graphs that use it. */
	graphs: number;
}

/** The subscriptions and senders of graphs, by the port they use: one for all, or several of a cluster's partitions. */
export class GraphChannels {
	readonly #options: DataSenderOptions;
	readonly #deps: GraphChannelsDeps;
	readonly #main: GraphChannel;
	readonly #others = new Map<DataPort, Shared>();
	/** Of graphs that do not use the main one. */
	readonly #ofGraph = new Map<string, Shared>();

	constructor(options: DataSenderOptions, deps: GraphChannelsDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#main = this.#make(deps.port);
	}

	/** Has a graph use a port of its own, or of several graphs, until it is {@link release}d. */
	use(graph: string, port: DataPort): void {
		const known = this.#others.get(port);
		const shared = known ?? { channel: this.#make(port), port, graphs: 0 };
		if (known === undefined) this.#others.set(port, shared);
		shared.graphs += 1;
		this.#ofGraph.set(graph, shared);
	}

	of(graph: string): GraphChannel {
		if (this.#ofGraph.size === 0) return this.#main;
		return this.#ofGraph.get(graph)?.channel ?? this.#main;
	}

	/** A graph is gone. */
	release(graph: string): void {
		const shared = this.#ofGraph.get(graph);
		if (shared === undefined) return;
		this.#ofGraph.delete(graph);
		shared.graphs -= 1;
		if (shared.graphs === 0) this.#others.delete(shared.port);
	}

	/** Messages that brokers have not taken yet. */
	get pending(): number {
		return this.#all().reduce((sum, { sender }) => sum + sender.pending, 0);
	}

	/** Resolves when every message was taken, or after `timeoutMs`. */
	async settle(timeoutMs: number): Promise<void> {
		await Promise.all(this.#all().map(({ sender }) => sender.settle(timeoutMs)));
	}

	/** Ends all subscriptions. */
	async stop(): Promise<void> {
		await Promise.all(this.#all().map(({ readers }) => readers.stop()));
	}

	#make(port: DataPort): GraphChannel {
		const { onMessage, log } = this.#deps;
		return {
			readers: new TopicReaders(port, onMessage),
			sender: new DataSender(this.#options, port, log),
		};
	}

	#all(): GraphChannel[] {
		return [this.#main, ...[...this.#others.values()].map(({ channel }) => channel)];
	}
}
