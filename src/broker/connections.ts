import type { Client } from "aedes";
import { isPageTopic, isUplink } from "../contract/mod.ts";
import type { Connection, ConnectionListener } from "../mqtt/mod.ts";

interface Known {
	openedAt: number;
	isOpen: boolean;
}

/**
 * Which connection is behind a message of a control channel, and what becomes of it. The client id is not
 * enough for that: another connection may have taken it over while the will of the previous one is on its way.
 */
export class Connections {
	readonly #now: () => number;
	readonly #known = new WeakMap<Client, Known>();
	/** By payload: of all a packet holds, aedes hands on only this as it was. */
	readonly #publishers = new WeakMap<object, Known>();
	#listener: ConnectionListener | undefined;

	/** @param now The time in monotonic milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	follow(listener: ConnectionListener): void {
		this.#listener = listener;
	}

	/** Reports nothing more: from now on the server closes connections itself. */
	unfollow(): void {
		this.#listener = undefined;
	}

	of(client: Client): Connection | null {
		return this.#known.get(client) ?? null;
	}

	/** The client has its CONNACK. */
	opened(client: Client, device: string | null): void {
		const connection = this.#connectionOf(client);
		connection.openedAt = this.#now();
		this.#listener?.opened(device, connection);
	}

	subscribed(client: Client, filter: string): void {
		this.#listener?.subscribed(filter, this.#connectionOf(client));
	}

	unsubscribed(client: Client, filters: readonly string[]): void {
		const connection = this.#known.get(client);
		if (connection === undefined) return;
		for (const filter of filters) this.#listener?.unsubscribed(filter, connection);
	}

	/** aedes is about to publish a client's message, or its will. */
	publishes(client: Client, topic: string, payload: string | Buffer): void {
		if (typeof payload === "string" || !(isUplink(topic) || isPageTopic(topic))) return;
		const connection = this.#known.get(client);
		if (connection === undefined) return;
		if (client.closed) connection.isOpen = false;
		this.#publishers.set(payload, connection);
	}

	/** The connection a message came over that aedes delivers; null for all but uplinks of devices and requests of pages. */
	publisherOf(payload: string | Uint8Array): Connection | null {
		return typeof payload === "string" ? null : (this.#publishers.get(payload) ?? null);
	}

	closed(client: Client): void {
		const connection = this.#known.get(client);
		if (connection === undefined) return;
		connection.isOpen = false;
		this.#listener?.closed(connection, saidDisconnect(client));
	}

	/** It begins with the first that is asked of it: a session subscribes before its client has its CONNACK. */
	#connectionOf(client: Client): Known {
		const known = this.#known.get(client) ?? { openedAt: this.#now(), isOpen: true };
		if (client.closed) known.isOpen = false;
		this.#known.set(client, known);
		return known;
	}
}

/** aedes notes it, but its types leave it out. */
function saidDisconnect(client: Client): boolean {
	return "_disconnected" in client && client._disconnected === true;
}
