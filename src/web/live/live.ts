import type { ChangesView, DeviceView, GraphView, StatusView } from "../../contract/mod.ts";

/**
 * How the page stands with the server: `open`, events come; `silent`, the connection is there, but nothing comes over
 * it; `lost`, there is no connection, and the next event holds everything.
 */
export type Contact = "open" | "silent" | "lost";

/** What the page knows, put together from the server's events. */
export interface Live {
	readonly contact: Contact;
	readonly status: StatusView | undefined;
	readonly devices: ReadonlyMap<string, DeviceView>;
	readonly graphs: ReadonlyMap<string, GraphView>;
	readonly log: readonly Readonly<Record<string, unknown>>[];
	/** Messages a second by the topic of a link. */
	readonly rates: ReadonlyMap<string, number>;
	/** When the last event came, milliseconds. */
	readonly at: number;
}

export const EMPTY: Live = {
	contact: "open",
	status: undefined,
	devices: new Map(),
	graphs: new Map(),
	log: [],
	rates: new Map(),
	at: 0,
};

const LOG_LINES = 200;

/** Takes an event; the first one after a connection was lost holds everything again. */
export function next(live: Live, changes: ChangesView, now: number): Live {
	const known = live.contact === "lost" ? EMPTY : live;
	const graphs = merged(known.graphs, changes.graphs);
	return {
		contact: "open",
		status: changes.status,
		devices: merged(known.devices, changes.devices),
		graphs,
		log: [...known.log, ...changes.log].slice(-LOG_LINES),
		rates: ratesOf(live.graphs, graphs, (now - live.at) / 1000),
		at: now,
	};
}

/** What is known stays to be seen; a lost connection stays lost until an event comes. */
export function withContact(live: Live, contact: "silent" | "lost"): Live {
	return live.contact === "lost" || live.contact === contact ? live : { ...live, contact };
}

function merged<T>(
	known: ReadonlyMap<string, T>,
	changes: Readonly<Record<string, T | null>>,
): Map<string, T> {
	const all = new Map(known);
	for (const [key, entry] of Object.entries(changes)) {
		if (entry === null) all.delete(key);
		else all.set(key, entry);
	}
	return all;
}

/** The key of a link's rate. */
export function rateKey(graph: GraphView, topic: string): string {
	return `${graph.client}/${graph.graph} ${topic}`;
}

function ratesOf(
	before: ReadonlyMap<string, GraphView>,
	after: ReadonlyMap<string, GraphView>,
	seconds: number,
): Map<string, number> {
	const rates = new Map<string, number>();
	for (const [key, graph] of after) {
		const former = before.get(key);
		const links = [...(former?.idfs ?? []), ...(former?.odfs ?? [])];
		const counts = new Map(links.map(({ topic, messages }) => [topic, messages]));
		for (const { topic, messages } of [...graph.idfs, ...graph.odfs]) {
			const grown = messages - (counts.get(topic) ?? messages);
			if (seconds > 0) rates.set(rateKey(graph, topic), Math.max(0, grown / seconds));
		}
	}
	return rates;
}
