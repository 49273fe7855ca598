import type { IdfSpec, PipelineSpec } from "../contract/mod.ts";
import type { GraphRecord } from "./graph-record.ts";
import type { Pipeline } from "./pipeline.ts";
import type { LinkStats } from "./stats.ts";

/** A graph as the data path holds it. */
export interface GraphEntry {
	readonly record: GraphRecord;
	readonly pipeline: Pipeline;
}

/** Where the results of an output link go. */
export interface Output {
	readonly topic: string;
	readonly stats: LinkStats;
	/** Name of the graph it belongs to. */
	readonly graph: string;
}

/** Hears how many messages a device had sent over an input that is gone. */
export type InputGoneListener = (daId: string, messages: number) => void;

/** The running graphs by name and by the number the function host knows them by, and their outputs by link id. */
export class GraphTable {
	readonly #byName = new Map<string, GraphEntry>();
	readonly #byNumber = new Map<number, GraphEntry>();
	readonly #outputs = new Map<number, Output>();
	#inputGone: InputGoneListener = () => {};
	#nextNumber = 1;

	get(name: string): GraphEntry | undefined {
		return this.#byName.get(name);
	}

	/** The graph the function host calls by that number. */
	numbered(number: number): GraphEntry | undefined {
		return this.#byNumber.get(number);
	}

	/** Where the results of an output link go; undefined once the link is gone. */
	output(linkId: number): Output | undefined {
		return this.#outputs.get(linkId);
	}

	values(): MapIterator<GraphEntry> {
		return this.#byName.values();
	}

	/** Adds a graph under a number that was never used before. */
	add(name: string, make: (number: number) => GraphEntry): GraphEntry {
		const number = this.#nextNumber++;
		const entry = make(number);
		this.#byName.set(name, entry);
		this.#byNumber.set(number, entry);
		return entry;
	}

	/** Hears of inputs that go after messages came over them. */
	onInputGone(listener: InputGoneListener): void {
		this.#inputGone = listener;
	}

	/** Follows a graph's change from one state to the next; stats of links that are gone are forgotten. */
	follow({ record }: GraphEntry, before: PipelineSpec, after: PipelineSpec): void {
		const kept = new Set(after.idfs.map(({ id }) => id));
		this.#tellGone(
			record,
			before.idfs.filter(({ id }) => !kept.has(id)),
		);
		record.keepStats(after);
		for (const { id } of before.odfs) this.#outputs.delete(id);
		for (const { id, topic } of after.odfs) {
			this.#outputs.set(id, { topic, stats: record.statsOf(id), graph: record.name });
		}
	}

	/** Forgets a graph with its outputs. */
	remove({ record, pipeline }: GraphEntry): void {
		this.#tellGone(record, pipeline.spec.idfs);
		this.#byName.delete(record.name);
		this.#byNumber.delete(record.number);
		for (const { id } of pipeline.spec.odfs) this.#outputs.delete(id);
	}

	/** Messages that have arrived over the inputs there are now, by the id of the device that sent them. */
	senders(): Map<string, number> {
		const senders = new Map<string, number>();
		for (const { record, pipeline } of this.#byName.values()) {
			for (const [daId, messages] of sentOver(record, pipeline.spec.idfs)) {
				senders.set(daId, (senders.get(daId) ?? 0) + messages);
			}
		}
		return senders;
	}

	#tellGone(record: GraphRecord, idfs: readonly IdfSpec[]): void {
		for (const [daId, messages] of sentOver(record, idfs)) this.#inputGone(daId, messages);
	}

	/** Forgets the newest message of every link. */
	forgetNewest(): void {
		for (const { record } of this.#byName.values()) {
			for (const stats of record.links.values()) stats.last = null;
		}
	}
}

/** Devices that sent messages over these inputs of a graph, with their number; one entry for each input. */
function sentOver(record: GraphRecord, idfs: readonly IdfSpec[]): [string, number][] {
	return idfs.flatMap(({ id, name: [daId] }): [string, number][] => {
		const { messages } = record.statsOf(id);
		return messages > 0 ? [[daId, messages]] : [];
	});
}
