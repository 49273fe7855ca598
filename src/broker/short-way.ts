import type { Client } from "aedes";
import type { MessageHandler } from "./broker.ts";
import type { ClientStream } from "./client-stream.ts";
import type { Connection } from "./connections.ts";
import { plainFrame } from "./plain-frame.ts";
import { hasWildcard, topicMatches } from "./topics.ts";

/** Who hears a topic: what a plain message needs, worked out once. */
interface Route {
	readonly topic: string;
	/** Topic as bytes, to find the route again without decoding. */
	readonly bytes: Buffer;
	readonly handlers: readonly MessageHandler[];
	readonly readers: readonly ClientStream[];
	/** Whether a reader wants confirmations: then only QoS 0 messages may go this way. */
	readonly confirms: boolean;
}

interface Reader {
	readonly stream: ClientStream;
	/** Filter → QoS. */
	readonly filters: Map<string, number>;
}

/** Levels of a topic, as many as aedes takes. */
const MAX_LEVELS = 100;
/** Beyond these numbers working out routes would cost more than it saves: aedes does it all. */
const MAX_WILDCARDS = 1000;
const MAX_ROUTES = 20_000;

/**
 * The short way of plain messages, beside aedes: QoS 0, not retained, to readers that are connected.
 * It knows who subscribed to what, remembers for each topic who that is, and hands bytes on as they
 * came. Whatever needs more (retaining, confirming, queueing for sessions, refusing) is not for it.
 */
export class ShortWay {
	readonly #own = new Map<string, MessageHandler>();
	readonly #readers = new Map<Client, Reader>();
	readonly #exact = new Map<string, Set<Reader>>();
	readonly #wildcards = new Map<string, Set<Reader>>();
	readonly #ownWildcards = new Set<string>();
	/** Filters of sessions that get confirmed messages even while their client is away. */
	readonly #sessionFilters: { has(topic: string): boolean };
	readonly #routes = new Map<string, Route>();
	readonly #decoder = new TextDecoder("utf-8", { fatal: true });
	/** Messages of clients that went this way. */
	delivered = 0;

	/** @param sessionFilters Says whether a persistent session waits for confirmed messages of a topic. */
	constructor(sessionFilters: { has(topic: string): boolean }) {
		this.#sessionFilters = sessionFilters;
	}

	/** The server itself listens. */
	listen(filter: string, handler: MessageHandler): void {
		this.#own.set(filter, handler);
		if (hasWildcard(filter)) this.#ownWildcards.add(filter);
		this.#changed(filter);
	}

	unlisten(filter: string): void {
		this.#own.delete(filter);
		this.#ownWildcards.delete(filter);
		this.#changed(filter);
	}

	subscribed(client: Client, stream: ClientStream, filter: string, qos: number): void {
		const reader = this.#readers.get(client) ?? { stream, filters: new Map() };
		this.#readers.set(client, reader);
		reader.filters.set(filter, qos);
		const index = hasWildcard(filter) ? this.#wildcards : this.#exact;
		index.set(filter, (index.get(filter) ?? new Set()).add(reader));
		this.#changed(filter);
	}

	unsubscribed(client: Client, filters: readonly string[]): void {
		const reader = this.#readers.get(client);
		if (reader === undefined) return;
		for (const filter of filters) this.#forget(reader, filter);
	}

	/** The client is gone. */
	left(client: Client): void {
		const reader = this.#readers.get(client);
		if (reader === undefined) return;
		this.#readers.delete(client);
		for (const filter of reader.filters.keys()) this.#forget(reader, filter);
	}

	/** Sessions began or ended to wait for confirmed messages. */
	sessionsChanged(): void {
		this.#routes.clear();
	}

	/** Delivers a client's message. @returns false when aedes has to do it. */
	deliver(topicBytes: Uint8Array, payload: Uint8Array, frame: Uint8Array, from: Arrival): boolean {
		const known = from.route;
		const route =
			known !== undefined &&
			this.#routes.get(known.topic) === known &&
			known.bytes.equals(topicBytes)
				? known
				: this.#routeOfBytes(topicBytes);
		if (route === undefined) return false;
		from.route = route;
		const { topic } = route;
		if (from.mayPublish !== undefined && !from.mayPublish(topic)) return false;
		this.delivered += 1;
		for (const handler of route.handlers) {
			const { clientId, user, connection } = from;
			handler({ topic, payload, retained: false, clientId, user, connection });
		}
		if (route.readers.length > 0) {
			const own = Buffer.from(frame);
			for (const stream of route.readers) stream.send(own);
		}
		return true;
	}

	/** Delivers the server's own message at QoS 2. @returns false when aedes has to do it. */
	publish(topic: string, payload: string): boolean {
		const route = this.#routes.get(topic) ?? this.#work(topic);
		if (route === undefined || route.confirms || route.handlers.length > 0) return false;
		if (route.readers.length === 0) return true;
		const frame = plainFrame(route.bytes, payload);
		for (const stream of route.readers) stream.send(frame);
		return true;
	}

	#routeOfBytes(bytes: Uint8Array): Route | undefined {
		try {
			const topic = this.#decoder.decode(bytes);
			return this.#routes.get(topic) ?? this.#work(topic);
		} catch {
			return undefined;
		}
	}

	/** Works out who hears a topic; undefined when that is none a client may use. */
	#work(topic: string): Route | undefined {
		if (!isPlain(topic) || this.#wildcards.size > MAX_WILDCARDS) return undefined;
		const handlers: MessageHandler[] = [];
		const own = this.#own.get(topic);
		if (own !== undefined) handlers.push(own);
		for (const filter of this.#ownWildcards) {
			const handler = this.#own.get(filter);
			if (handler !== undefined && topicMatches(filter, topic)) handlers.push(handler);
		}
		const readers = new Set<ClientStream>();
		let confirms = this.#sessionFilters.has(topic);
		const add = (filter: string, found: Iterable<Reader>) => {
			for (const { stream, filters } of found) {
				readers.add(stream);
				if ((filters.get(filter) ?? 0) > 0) confirms = true;
			}
		};
		add(topic, this.#exact.get(topic) ?? []);
		for (const [filter, found] of this.#wildcards) {
			if (topicMatches(filter, topic)) add(filter, found);
		}
		const route = { topic, bytes: Buffer.from(topic), handlers, readers: [...readers], confirms };
		if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
		this.#routes.set(topic, route);
		return route;
	}

	#forget(reader: Reader, filter: string): void {
		if (!reader.filters.delete(filter)) return;
		const index = hasWildcard(filter) ? this.#wildcards : this.#exact;
		const found = index.get(filter);
		found?.delete(reader);
		if (found?.size === 0) index.delete(filter);
		this.#changed(filter);
	}

	#changed(filter: string): void {
		if (hasWildcard(filter)) this.#routes.clear();
		else this.#routes.delete(filter);
	}
}

/** Where a client's messages come from; remembers the route of the last one. */
export interface Arrival {
	readonly clientId: string;
	/** Who the client is. */
	readonly user: string | null;
	readonly connection: Connection | null;
	/** Which topics it may use; undefined: all. */
	readonly mayPublish: ((topic: string) => boolean) | undefined;
	route: Route | undefined;
}

function isPlain(topic: string): boolean {
	if (topic === "" || topic.startsWith("$") || /[+#\0]/.test(topic)) return false;
	let levels = 1;
	for (let at = topic.indexOf("/"); at >= 0; at = topic.indexOf("/", at + 1)) levels += 1;
	return levels <= MAX_LEVELS;
}
