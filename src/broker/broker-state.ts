import { Readable } from "node:stream";
import type { Aedes, AedesPublishPacket } from "aedes";
import type { Logger } from "../log.ts";
import { OfflineQueues, type OfflineQueuesOptions, type QueuedPacket } from "./offline-queues.ts";
import type { Retained } from "./retained.ts";
import { type Match, type SessionFilter, SessionFilters } from "./session-filters.ts";
import { Settled } from "./settled.ts";

export interface SessionLimits extends OfflineQueuesOptions {
	/** Sessions that outlive their connection; the one unused longest gives way. */
	maxSessions: number;
}

interface ClientLike {
	readonly id: string;
}

/**
 * What the broker remembers beside its connections, bounded: retained messages, sessions with their
 * subscriptions and waiting messages, wills. Called by aedes, whose "persistence" it is.
 */
export class BrokerState {
	readonly filters = new SessionFilters();
	readonly #limits: SessionLimits;
	readonly #retained: Retained;
	readonly #warnings: Logger;
	readonly #queues: OfflineQueues;
	/** Packet ids of QoS 2 messages received and not released, by client. */
	readonly #received = new Map<string, Set<number>>();
	/** Client ids with a session that outlives the connection, the one unused longest first. */
	readonly #sessions = new Set<string>();
	readonly #wills = new Map<string, object>();
	#broker: Aedes | undefined;
	/** The filters of the SUBSCRIBE packet that was stored last: aedes stores a packet once per filter. */
	#lastStored: readonly SessionFilter[] | undefined;

	constructor(limits: SessionLimits, retained: Retained, warnings: Logger) {
		this.#limits = limits;
		this.#retained = retained;
		this.#warnings = warnings;
		this.#queues = new OfflineQueues(limits, (client) =>
			warnings.warn("oldest message of an offline queue dropped", { client }),
		);
	}

	/** Whether a session of that client id outlives its connection. */
	hasSession(clientId: string): boolean {
		return this.#sessions.has(clientId);
	}

	async setup(broker: Aedes): Promise<void> {
		this.#broker = broker;
	}

	storeRetained({ topic, qos, payload }: AedesPublishPacket): Settled<void> {
		this.#retained.set({ topic, qos, payload: Buffer.from(payload) });
		return DONE;
	}

	createRetainedStreamCombi(filters: readonly string[]): Readable {
		return Readable.from(this.#retainedPackets(filters));
	}

	addSubscriptions(client: ClientLike, subs: readonly SessionFilter[]): Settled<void> {
		if (this.#lastStored === subs) return DONE;
		this.#lastStored = subs;
		this.#useSession(client.id);
		this.filters.add(client.id, subs);
		return DONE;
	}

	removeSubscriptions(client: ClientLike, topics: readonly string[]): Settled<void> {
		this.filters.remove(client.id, topics);
		return DONE;
	}

	subscriptionsByClient(client: ClientLike): Settled<SessionFilter[]> {
		this.#useSession(client.id);
		return Settled.done(this.filters.of(client.id));
	}

	subscriptionsByTopic(topic: string): Settled<Match[]> {
		return Settled.done(this.filters.matching(topic));
	}

	cleanSubscriptions(client: ClientLike): Settled<void> {
		this.#sessions.delete(client.id);
		this.#queues.forget(client.id);
		this.filters.forget(client.id);
		return DONE;
	}

	outgoingEnqueueCombi(subs: readonly Match[], packet: QueuedPacket): Settled<void> {
		for (const { clientId, qos } of subs) {
			// aedes lowers the QoS to the subscription's only for clients that are there.
			this.#queues.add(clientId, { ...packet, qos: Math.min(packet.qos ?? 0, qos) });
		}
		return DONE;
	}

	outgoingUpdate(client: ClientLike, packet: QueuedPacket): Settled<void> {
		this.#queues.update(client.id, packet);
		return DONE;
	}

	outgoingClearMessageId(
		client: ClientLike,
		packet: QueuedPacket,
	): Settled<QueuedPacket | undefined> {
		return Settled.done(this.#queues.acknowledge(client.id, packet.messageId));
	}

	outgoingStream(client: ClientLike): Readable {
		return Readable.from(this.#queues.list(client.id));
	}

	/** Only the packet id is kept: the message itself has been published already. */
	incomingStorePacket(client: ClientLike, packet: QueuedPacket): Settled<void> {
		const received = this.#received.get(client.id) ?? new Set();
		this.#received.set(client.id, received.add(packet.messageId ?? 0));
		return DONE;
	}

	/** Refused when the id is not known, as aedes expects. */
	incomingGetPacket(client: ClientLike, packet: QueuedPacket): Settled<QueuedPacket> {
		const isKnown = this.#received.get(client.id)?.has(packet.messageId ?? 0) ?? false;
		return isKnown ? Settled.done(packet) : UNKNOWN_PACKET;
	}

	/** Refused when the id is not known, as aedes expects. */
	incomingDelPacket(client: ClientLike, packet: QueuedPacket): Settled<void> {
		const received = this.#received.get(client.id);
		if (!received?.delete(packet.messageId ?? 0)) return UNKNOWN_PACKET;
		if (received.size === 0) this.#received.delete(client.id);
		return DONE;
	}

	cleanIncoming(client: ClientLike): Settled<void> {
		this.#received.delete(client.id);
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

	async *#retainedPackets(filters: readonly string[]) {
		for await (const message of this.#retained.matching(filters)) {
			yield { cmd: "publish", retain: true, ...message };
		}
	}

	/** The session is in use: it gives way last. */
	#useSession(clientId: string): void {
		this.#sessions.delete(clientId);
		this.#sessions.add(clientId);
		if (this.#sessions.size <= this.#limits.maxSessions) return;
		for (const id of this.#sessions) {
			if (id === clientId || this.#isConnected(id)) continue;
			this.#endSession(id);
			return;
		}
	}

	#endSession(id: string): void {
		this.#warnings.warn("session forgotten: max-sessions reached", { client: id });
		this.#received.delete(id);
		this.cleanSubscriptions({ id });
	}

	#isConnected(id: string): boolean {
		const clients = this.#broker !== undefined && "clients" in this.#broker && this.#broker.clients;
		return typeof clients === "object" && clients !== null && id in clients;
	}
}

const DONE: Settled<void> = Settled.done(undefined);
/** One for all: a new error with its stack for every QoS 2 message would cost more than the message. */
const UNKNOWN_PACKET = Settled.refused<never>(new Error("no such packet"));
