import type { Client } from "aedes";
import { hasWildcard } from "../kit/mod.ts";
import type { MessageHandler } from "../mqtt/mod.ts";
import type { ClientStream } from "./client-stream.ts";
import { FilterIndex } from "./filter-index.ts";

/** How a client wants to hear a filter. */
export interface Reading {
	readonly qos: number;
	/** Not what it published itself; bridges ask for that. */
	readonly noLocal: boolean;
	/** RETAIN as the publisher had it; bridges ask for that. */
	readonly keepsRetain: boolean;
}

/** A connected client as one that hears messages. */
export interface Reader {
	readonly client: Client;
	readonly stream: ClientStream;
	readonly filters: Map<string, Subscription>;
	/** Packet id of the next message it has to confirm. */
	nextId: number;
	/** Messages that waited for it are still being sent: newer ones wait behind them. */
	isCatchingUp: boolean;
}

interface Subscription extends Reading {
	readonly reader: Reader;
}

/** A client that hears a topic, by one or several filters. */
export interface Recipient {
	readonly reader: Reader;
	/** The highest of all its filters (`MQTT-3.3.5-1`). */
	readonly qos: number;
	/** The same for messages of its own; -1: it does not want them. */
	readonly ownQos: number;
	readonly keepsRetain: boolean;
}

/** Who hears a topic, worked out once. */
export interface Route {
	readonly topic: string;
	/** Topic as bytes, to find the route again without decoding. */
	readonly bytes: Buffer;
	readonly handlers: readonly MessageHandler[];
	readonly recipients: readonly Recipient[];
	/** Of all of them. */
	readonly streams: readonly ClientStream[];
	/** Somebody does not want to hear what it published itself. */
	readonly hasNoLocal: boolean;
	/** Somebody wants confirmations, or a session does whose client is away. */
	readonly confirms: boolean;
}

const MAX_ROUTES = 20_000;

/** Who subscribed to what: connected clients and the server itself; remembers for each topic who that is. */
export class Routes {
	readonly #own = new Map<string, MessageHandler>();
	readonly #ownIndex = new FilterIndex<MessageHandler>();
	readonly #readers = new Map<Client, Reader>();
	readonly #index = new FilterIndex<Subscription>();
	/** Filters of sessions that get confirmed messages even while their client is away. */
	readonly #sessionFilters: { has(topic: string): boolean };
	readonly #routes = new Map<string, Route>();
	// A byte order mark belongs to the topic (`MQTT-1.5.3-3`).
	readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

	/** @param sessionFilters Says whether a persistent session waits for confirmed messages of a topic. */
	constructor(sessionFilters: { has(topic: string): boolean }) {
		this.#sessionFilters = sessionFilters;
	}

	/** The server itself listens, one handler a filter. */
	listen(filter: string, handler: MessageHandler): void {
		this.unlisten(filter);
		this.#own.set(filter, handler);
		this.#ownIndex.add(filter, handler);
		this.#changed(filter);
	}

	unlisten(filter: string): void {
		const handler = this.#own.get(filter);
		if (handler === undefined) return;
		this.#own.delete(filter);
		this.#ownIndex.delete(filter, handler);
		this.#changed(filter);
	}

	/** A client as a reader, which it stays until it is gone. */
	readerOf(client: Client, stream: ClientStream): Reader {
		const known = this.#readers.get(client);
		if (known !== undefined) return known;
		const reader = { client, stream, filters: new Map(), nextId: 1, isCatchingUp: false };
		this.#readers.set(client, reader);
		return reader;
	}

	subscribed(client: Client, stream: ClientStream, filter: string, reading: Reading): void {
		const reader = this.readerOf(client, stream);
		this.#forget(reader, filter);
		const subscription = { ...reading, reader };
		reader.filters.set(filter, subscription);
		this.#index.add(filter, subscription);
		this.#changed(filter);
	}

	/** What a connected client subscribed to. */
	filtersOf(client: Client): string[] {
		return [...(this.#readers.get(client)?.filters.keys() ?? [])];
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
		for (const filter of [...reader.filters.keys()]) this.#forget(reader, filter);
	}

	/** Sessions began or ended to wait for confirmed messages. */
	sessionsChanged(): void {
		this.#routes.clear();
	}

	/** Whether a route given out earlier is still right. */
	isCurrent(route: Route): boolean {
		return this.#routes.get(route.topic) === route;
	}

	of(topic: string): Route {
		return this.#routes.get(topic) ?? this.#work(topic);
	}

	/** Undefined for what is not UTF-8. */
	ofBytes(bytes: Uint8Array, mayBe: (topic: string) => boolean): Route | undefined {
		let topic: string;
		try {
			topic = this.#decoder.decode(bytes);
		} catch {
			return undefined;
		}
		return this.#routes.get(topic) ?? (mayBe(topic) ? this.#work(topic) : undefined);
	}

	#work(topic: string): Route {
		const recipients = new Map<Reader, Recipient>();
		for (const { reader, qos, noLocal, keepsRetain } of this.#index.matching(topic)) {
			const known = recipients.get(reader);
			recipients.set(reader, {
				reader,
				qos: Math.max(qos, known?.qos ?? 0),
				ownQos: Math.max(noLocal ? -1 : qos, known?.ownQos ?? -1),
				keepsRetain: keepsRetain || known?.keepsRetain === true,
			});
		}
		const all = [...recipients.values()];
		const route = {
			topic,
			bytes: Buffer.from(topic),
			handlers: this.#ownIndex.matching(topic),
			recipients: all,
			streams: all.map(({ reader }) => reader.stream),
			hasNoLocal: all.some(({ ownQos }) => ownQos < 0),
			confirms: all.some(({ qos }) => qos > 0) || this.#sessionFilters.has(topic),
		};
		if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
		this.#routes.set(topic, route);
		return route;
	}

	#forget(reader: Reader, filter: string): void {
		const subscription = reader.filters.get(filter);
		if (subscription === undefined) return;
		reader.filters.delete(filter);
		this.#index.delete(filter, subscription);
		this.#changed(filter);
	}

	#changed(filter: string): void {
		if (hasWildcard(filter)) this.#routes.clear();
		else this.#routes.delete(filter);
	}
}
