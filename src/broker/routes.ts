import type { Client } from "aedes";
import { type CachedRoute, type MessageHandler, RouteCache } from "../mqtt/mod.ts";
import { FilterIndex } from "./filter-index.ts";
import type { FrameSink } from "./frame-sink.ts";
import type { InFlight } from "./in-flight.ts";
import type { PacketIds } from "./packet-ids.ts";
import type { PageOwners } from "./page-owners.ts";
import type { Match } from "./session-filters.ts";

/** How a client subscribed to a filter. */
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
	readonly stream: FrameSink;
	readonly filters: Map<string, Subscription>;
	/** What it is to confirm, where its session ends with the connection. */
	inFlight: InFlight | undefined;
	/** Packet ids of what its session is to confirm. */
	sessionIds: PacketIds | undefined;
	/** Messages that waited for it are still being sent: newer ones wait behind them. */
	isCatchingUp: boolean;
	/** They wait for packet ids. */
	isStalled: boolean;
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

/** The readers of a topic, worked out once. */
export interface Route extends CachedRoute {
	/** The server's own. */
	readonly handlers: readonly MessageHandler[];
	readonly recipients: readonly Recipient[];
	/** Of all of them. */
	readonly streams: readonly FrameSink[];
	/** Some reader does not want what it published itself. */
	readonly hasNoLocal: boolean;
	/** Sessions that want its messages confirmed, whether their clients are there or not. */
	readonly sessions: readonly Match[];
	/** Not every client may publish to it. */
	readonly isPrivate: boolean;
}

export interface RoutesDeps {
	/** Subscriptions of persistent sessions. */
	readonly sessionFilters: { matching(topic: string): Match[] };
	/** The server's own handlers of a topic. */
	readonly handlersOf: (topic: string) => readonly MessageHandler[];
	/** Topics that only one client hears, whatever others subscribe to. */
	readonly pages: Pick<PageOwners, "isPrivate" | "isHeardBy">;
}

/** Subscriptions of connected clients, and for each topic its readers and the server's own handlers. */
export class Routes {
	readonly #deps: RoutesDeps;
	readonly #readers = new Map<Client, Reader>();
	readonly #index = new FilterIndex<Subscription>();
	readonly #cache = new RouteCache<Route>((topic) => this.#make(topic));

	constructor(deps: RoutesDeps) {
		this.#deps = deps;
	}

	/** The server itself has subscribed or unsubscribed. */
	handlersChanged(filter: string): void {
		this.#cache.changed(filter);
	}

	/** Others hear a private topic than before. */
	ownerChanged(topic: string): void {
		this.#cache.changed(topic);
	}

	/** A client as a reader, which it stays until it is gone. */
	readerOf(client: Client, stream: FrameSink): Reader {
		const known = this.#readers.get(client);
		if (known !== undefined) return known;
		const state = {
			inFlight: undefined,
			sessionIds: undefined,
			isCatchingUp: false,
			isStalled: false,
		};
		const reader: Reader = { client, stream, filters: new Map(), ...state };
		this.#readers.set(client, reader);
		return reader;
	}

	subscribed(client: Client, stream: FrameSink, filter: string, reading: Reading): void {
		const reader = this.readerOf(client, stream);
		this.#forget(reader, filter);
		const subscription = { ...reading, reader };
		reader.filters.set(filter, subscription);
		this.#index.add(filter, subscription);
		this.#cache.changed(filter);
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
		this.#cache.clear();
	}

	of(topic: string): Route {
		return this.#cache.of(topic);
	}

	/** See {@link RouteCache.find}. */
	find(
		bytes: Uint8Array,
		previous: Route | undefined,
		isWanted: (topic: string) => boolean,
	): Route | undefined {
		return this.#cache.find(bytes, previous, isWanted);
	}

	#make(topic: string): Route {
		const { pages, sessionFilters, handlersOf } = this.#deps;
		const isPrivate = pages.isPrivate(topic);
		const recipients = new Map<Reader, Recipient>();
		for (const { reader, qos, noLocal, keepsRetain } of this.#index.matching(topic)) {
			if (isPrivate && !pages.isHeardBy(reader.client, topic)) continue;
			const known = recipients.get(reader);
			recipients.set(reader, {
				reader,
				qos: Math.max(qos, known?.qos ?? 0),
				ownQos: Math.max(noLocal ? -1 : qos, known?.ownQos ?? -1),
				keepsRetain: keepsRetain || known?.keepsRetain === true,
			});
		}
		const all = [...recipients.values()];
		return {
			topic,
			bytes: Buffer.from(topic),
			handlers: handlersOf(topic),
			recipients: all,
			streams: all.map(({ reader }) => reader.stream),
			hasNoLocal: all.some(({ ownQos }) => ownQos < 0),
			sessions: sessionFilters.matching(topic),
			isPrivate,
		};
	}

	#forget(reader: Reader, filter: string): void {
		const subscription = reader.filters.get(filter);
		if (subscription === undefined) return;
		reader.filters.delete(filter);
		this.#index.delete(filter, subscription);
		this.#cache.changed(filter);
	}
}
