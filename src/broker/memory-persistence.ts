import { Readable } from "node:stream";
import type { Aedes, AedesPublishPacket } from "aedes";
import { type Logger, SyncPromise } from "../kit/mod.ts";
import { OfflineQueues, type OfflineQueuesOptions, type QueuedPacket } from "./offline-queues.ts";
import { ReceivedIds } from "./received-ids.ts";
import type { Retained } from "./retained.ts";
import type { StoredSession } from "./session-disk.ts";
import { type Match, type SessionFilter, SessionFilters } from "./session-filters.ts";
import { type SessionWatch, UNWATCHED } from "./session-watch.ts";

export interface SessionLimits extends OfflineQueuesOptions {
	/** Sessions that outlive their connection; the least recently used one is evicted. */
	maxSessions: number;
}

interface ClientLike {
	readonly id: string;
}

/**
 * What the broker remembers beside its connections, bounded: retained messages, sessions with their
 * subscriptions and waiting messages, wills. Called by aedes, whose "persistence" it is.
 */
export class MemoryPersistence {
	readonly filters = new SessionFilters();
	readonly #limits: SessionLimits;
	readonly #retained: Retained;
	readonly #warnings: Logger;
	readonly queues: OfflineQueues;
	/** Hears what happens to persistent sessions. */
	watch: SessionWatch = UNWATCHED;
	/** QoS 2 messages received and not released. */
	readonly received = new ReceivedIds((clientId) => this.watch.received(clientId));
	/** Client ids with a session that outlives the connection, the least recently used first. */
	readonly #sessions = new Set<string>();
	readonly #wills = new Map<string, object>();
	#broker: Aedes | undefined;
	/** Queues a message for sessions. */
	onQueue: (sessions: readonly Match[], packet: AedesPublishPacket) => void = () => {};

	constructor(limits: SessionLimits, retained: Retained, warnings: Logger) {
		this.#limits = limits;
		this.#retained = retained;
		this.#warnings = warnings;
		this.queues = new OfflineQueues(limits, (client) =>
			warnings.warn("oldest message of an offline queue dropped", { client }),
		);
	}

	/** Whether a session of that client id outlives its connection. */
	hasSession(clientId: string): boolean {
		return this.#sessions.has(clientId);
	}

	/** Ends a session; its client, if it is connected, stays. */
	endSession(id: string): void {
		this.received.forget(id);
		this.cleanSubscriptions({ id });
	}

	/** Restores a session from the disk, as the one used last, without its messages. */
	restore({ clientId, filters, received }: StoredSession): void {
		this.filters.add(clientId, filters);
		for (const id of received) this.received.add(clientId, id);
		this.#useSession(clientId);
	}

	async setup(broker: Aedes): Promise<void> {
		this.#broker = broker;
	}

	storeRetained({ topic, qos, payload }: AedesPublishPacket): SyncPromise<void> {
		this.#retained.set({ topic, qos, payload: Buffer.from(payload) });
		return DONE;
	}

	/** None: the broker sends them itself, at the QoS that was granted. */
	createRetainedStreamCombi(): Readable {
		return Readable.from([]);
	}

	/** Too early: aedes names all filters of a packet here, those that are refused later on among them. */
	addSubscriptions(): SyncPromise<void> {
		return DONE;
	}

	/** A session was granted a filter. */
	subscribed(clientId: string, filter: SessionFilter): void {
		this.#useSession(clientId);
		this.filters.add(clientId, [filter]);
	}

	removeSubscriptions(client: ClientLike, topics: readonly string[]): SyncPromise<void> {
		this.filters.remove(client.id, topics);
		this.watch.changed(client.id);
		return DONE;
	}

	/** A client comes for its session; one filter at least, else aedes takes the session for a new one. */
	subscriptionsByClient(client: ClientLike): SyncPromise<SessionFilter[]> {
		const isKnown = this.#sessions.has(client.id);
		this.#useSession(client.id);
		const filters = this.filters.of(client.id);
		return SyncPromise.done(isKnown && filters.length === 0 ? [NO_FILTER] : filters);
	}

	subscriptionsByTopic(topic: string): SyncPromise<Match[]> {
		return SyncPromise.done(this.filters.matching(topic));
	}

	cleanSubscriptions(client: ClientLike): SyncPromise<void> {
		const isKnown = this.#sessions.delete(client.id);
		this.queues.forget(client.id);
		this.filters.forget(client.id);
		if (isKnown) this.watch.changed(client.id);
		return DONE;
	}

	outgoingEnqueueCombi(subs: readonly Match[], packet: AedesPublishPacket): SyncPromise<void> {
		this.onQueue(subs, packet);
		return DONE;
	}

	outgoingUpdate(client: ClientLike, packet: QueuedPacket): SyncPromise<void> {
		this.queues.update(client.id, packet);
		return DONE;
	}

	outgoingClearMessageId(
		client: ClientLike,
		packet: QueuedPacket,
	): SyncPromise<QueuedPacket | undefined> {
		return SyncPromise.done(this.queues.acknowledge(client.id, packet.messageId));
	}

	/** Nothing: the broker itself sends what waited. */
	outgoingStream(): Readable {
		return Readable.from([]);
	}

	/** Only the packet id is kept: the message itself has been published already. */
	incomingStorePacket(client: ClientLike, { messageId = 0 }: QueuedPacket): SyncPromise<void> {
		return this.received.add(client.id, messageId) ? DONE : TOO_MANY;
	}

	/** Refused when the id is not known, as aedes expects. */
	incomingGetPacket(client: ClientLike, packet: QueuedPacket): SyncPromise<QueuedPacket> {
		const isKnown = this.received.has(client.id, packet.messageId ?? 0);
		return isKnown ? SyncPromise.done(packet) : UNKNOWN_PACKET;
	}

	/** Refused when the id is not known, as aedes expects. */
	incomingDelPacket(client: ClientLike, { messageId = 0 }: QueuedPacket): SyncPromise<void> {
		return this.received.delete(client.id, messageId) ? DONE : UNKNOWN_PACKET;
	}

	/** A clean session begins, or has ended; while it was closing another client may have taken over its id. */
	cleanIncoming(client: ClientLike): SyncPromise<void> {
		const current = this.#connected(client.id);
		if (current === undefined || current === client) this.received.forget(client.id);
		return DONE;
	}

	async putWill(client: ClientLike, will: object): Promise<void> {
		this.#wills.set(client.id, Object.assign(will, { clientId: client.id }));
	}

	async delWill(client: ClientLike): Promise<object | undefined> {
		const will = this.#wills.get(client.id);
		this.#wills.delete(client.id);
		return will;
	}

	/** Wills of other brokers, of which there are none. */
	streamWill(): Readable {
		return Readable.from([]);
	}

	/** Sessions whose clients are away. */
	get sessionsAway(): number {
		let away = 0;
		for (const id of this.#sessions) if (!this.#isConnected(id)) away += 1;
		return away;
	}

	/** The session is in use: it is evicted last. */
	#useSession(clientId: string): void {
		this.#sessions.delete(clientId);
		this.#sessions.add(clientId);
		this.watch.used(clientId);
		if (this.#sessions.size <= this.#limits.maxSessions) return;
		for (const id of this.#sessions) {
			if (id === clientId || this.#isConnected(id)) continue;
			this.#forget(id);
			return;
		}
	}

	#forget(id: string): void {
		this.#warnings.warn("session evicted: max-sessions reached", { client: id });
		this.endSession(id);
	}

	#isConnected(id: string): boolean {
		return this.#connected(id) !== undefined;
	}

	/** Whom aedes knows under a client id. */
	#connected(id: string): unknown {
		const clients = this.#broker !== undefined && "clients" in this.#broker && this.#broker.clients;
		return typeof clients === "object" && clients !== null ? Reflect.get(clients, id) : undefined;
	}
}

/** What a session without filters has in the place of one; never granted, and no client can ask for it. */
export const NO_FILTER: SessionFilter = { topic: "$none\0", qos: 0 };
const DONE: SyncPromise<void> = SyncPromise.done(undefined);
const TOO_MANY = SyncPromise.refused<never>(
	new Error("too many messages of QoS 2 are not released (PUBREL)"),
);
/** One for all: a new error with its stack for every QoS 2 message would cost more than the message. */
const UNKNOWN_PACKET = SyncPromise.refused<never>(new Error("no such packet"));
