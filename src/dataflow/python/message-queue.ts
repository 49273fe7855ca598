import type { Cause } from "../cause.ts";
import { FairQueue, type FairShare } from "./fair-queue.ts";
import { Fifo } from "./fifo.ts";
import { learnCosts, type MessageCost, unknownCost } from "./message-cost.ts";

/** One message on its way to the engine. */
export interface Waiting {
	readonly linkId: number;
	/** JSON text as it arrived. */
	readonly text: string;
	/** When it arrived, as `performance.now()` tells. */
	readonly at: number;
	readonly cause: Cause;
}

/** The same with its link, which knows what its messages cost. */
export interface Queued extends Waiting {
	readonly link: Link;
}

interface Entry extends Queued {
	isDropped: boolean;
}

interface Link {
	readonly graph: Graph;
	readonly cost: MessageCost;
	/** Those that may be dropped. */
	readonly entries: Fifo<Entry>;
}

/** `had`: of an engine's time, milliseconds. */
interface Graph extends FairShare {
	readonly number: number | undefined;
	/** In order of arrival; some may have been dropped. */
	readonly entries: Fifo<Entry>;
	waiting: number;
	links: number;
}

/** What may still be taken. */
interface Room {
	messages: number;
	chars: number;
	ms: number;
}

/** How long messages took. */
export interface Took {
	readonly ms: number;
	readonly lastMs: number;
}

/** How much is taken at once. */
export interface Most {
	readonly messages: number;
	/** No more than fit into so many characters, but always one message. */
	readonly chars?: number;
	/** No more than take so long, but always one message. */
	readonly ms?: number;
}

/** So long a graph's messages are taken one after another while those of others wait. */
const TURN_MS = 1;
/** So much of the engine's time a graph that has been quiet gets before the others. */
const HEAD_START_MS = 10;
/** Dropped messages that are left where they are, beside as many as wait. */
const MOST_DROPPED = 1024;

/**
 * Messages waiting for the engine: in order of arrival for each graph, and the graphs take turns, so that each gets as
 * much of the engine's time as the others if it wants to. Each link has room for a fixed number: when it is full the
 * link's own oldest message is dropped (`csm.md §5.3`), except what waits at a broker until it is done.
 */
export class MessageQueue {
	readonly #perLink: number;
	readonly #graphOf: (linkId: number) => number | undefined;
	readonly #links = new Map<number, Link>();
	readonly #graphs = new Map<number | undefined, Graph>();
	readonly #queue = new FairQueue<Graph>(HEAD_START_MS);
	#size = 0;

	/**
	 * @param perLink Messages of one link that may wait.
	 * @param graphOf The graph of a link, which stays the same.
	 */
	constructor(perLink: number, graphOf: (linkId: number) => number | undefined) {
		this.#perLink = perLink;
		this.#graphOf = graphOf;
	}

	/** Messages waiting. */
	get size(): number {
		return this.#size;
	}

	/** Adds the newest message; false when an older one of its link was dropped for it. */
	push(linkId: number, text: string, at: number, cause: Cause): boolean {
		const link = this.#links.get(linkId) ?? this.#addLink(linkId);
		const { graph, entries } = link;
		const entry: Entry = { linkId, text, at, cause, link, isDropped: false };
		if (cause.isKept !== true) entries.push(entry);
		graph.entries.push(entry);
		if (graph.waiting === 0) this.#queue.enter(graph);
		this.#count(graph, 1);
		if (entries.size <= this.#perLink) return true;
		const oldest = entries.shift();
		if (oldest !== undefined) oldest.isDropped = true;
		oldest?.cause.done?.();
		this.#count(graph, -1);
		if (graph.entries.size > 2 * graph.waiting + MOST_DROPPED) {
			graph.entries.takeIf(({ isDropped }) => isDropped);
		}
		return false;
	}

	/** Takes messages. */
	take({ messages, chars = Infinity, ms = Infinity }: Most): Queued[] {
		const taken: Queued[] = [];
		const room: Room = { messages, chars, ms };
		for (let hasRoom = true; hasRoom; ) {
			const graph = this.#queue.next();
			if (graph === undefined) break;
			hasRoom = this.#takeTurn(graph, taken, room);
			if (graph.waiting > 0) this.#queue.enter(graph);
		}
		return taken;
	}

	/** Messages that were taken took so long, of which the last one took so much, in milliseconds. */
	learn(messages: readonly Queued[], { ms, lastMs }: Took): void {
		this.#correct(messages.slice(0, -1), ms - lastMs);
		this.#correct(messages.slice(-1), lastMs);
	}

	/** Takes all messages of some links out of the queue, the oldest of each graph first, and forgets the links. */
	takeLinks(linkIds: ReadonlySet<number>): Queued[] {
		const graphs = new Set<Graph>();
		for (const id of linkIds) {
			const link = this.#links.get(id);
			if (link === undefined) continue;
			this.#links.delete(id);
			const { graph } = link;
			graph.links -= 1;
			if (graph.links === 0) this.#graphs.delete(graph.number);
			graphs.add(graph);
		}
		return [...graphs].flatMap((graph) => this.#takeFrom(graph, linkIds));
	}

	#correct(messages: readonly Queued[], ms: number): void {
		for (const [{ graph }, more] of learnCosts(messages, ms)) this.#queue.charge(graph, more);
	}

	/** Takes messages of one graph; gives whether more may be taken of others. */
	#takeTurn(graph: Graph, taken: Queued[], room: Room): boolean {
		const turnMs = this.#queue.isEmpty ? Infinity : TURN_MS;
		const begin = graph.had;
		while (graph.waiting > 0 && graph.had - begin < turnMs) {
			const entry = graph.entries.first;
			if (entry === undefined) break;
			if (!entry.isDropped) {
				const { text, link } = entry;
				const { ms } = link.cost;
				const fits = room.messages > 0 && text.length <= room.chars && ms <= room.ms;
				if (!fits && taken.length > 0) return false;
				room.messages -= 1;
				room.chars -= text.length;
				room.ms -= ms;
				graph.had += ms;
				taken.push(entry);
				if (entry.cause.isKept !== true) link.entries.shift();
				this.#count(graph, -1);
			}
			graph.entries.shift();
		}
		return true;
	}

	#takeFrom(graph: Graph, linkIds: ReadonlySet<number>): Queued[] {
		const taken = graph.entries
			.takeIf(({ linkId, isDropped }) => isDropped || linkIds.has(linkId))
			.filter(({ isDropped }) => !isDropped);
		this.#count(graph, -taken.length);
		if (taken.length > 0 && graph.waiting === 0) this.#queue.leave(graph);
		return taken;
	}

	#addLink(linkId: number): Link {
		const number = this.#graphOf(linkId);
		const graph = this.#graphs.get(number) ?? {
			number,
			had: 0,
			entries: new Fifo<Entry>(),
			waiting: 0,
			links: 0,
		};
		graph.links += 1;
		this.#graphs.set(number, graph);
		const link = { graph, cost: unknownCost(), entries: new Fifo<Entry>() };
		this.#links.set(linkId, link);
		return link;
	}

	#count(graph: Graph, messages: number): void {
		graph.waiting += messages;
		this.#size += messages;
	}
}
