import type { Client, Subscription } from "aedes";
import { type Connection, plainFrame, publishFrame } from "../mqtt/mod.ts";
import type { FrameSink } from "./frame-sink.ts";
import type { OfflineQueues, QueuedPacket } from "./offline-queues.ts";
import type { Retained, RetainedMessage } from "./retained.ts";
import type { Reader, Routes } from "./routes.ts";
import type { Match, SessionFilters } from "./session-filters.ts";

/** A message on its way to all that hear its topic. */
export interface Message {
	readonly topic: string;
	readonly payload: string | Uint8Array;
	readonly qos: number;
	readonly retain: boolean;
	/** Names it for sessions, together with the counter. */
	readonly brokerId?: string;
	readonly brokerCounter?: number;
	/** Client id of the publisher; null or none for the server itself. */
	readonly clientId?: string | null;
}

export interface DistributionDeps {
	readonly routes: Routes;
	readonly sessions: SessionFilters;
	readonly queues: OfflineQueues;
	readonly retained: Pick<Retained, "matching">;
	/** The broker's own topics under `$SYS`, with their current values. */
	readonly systemMessages: (filter: string) => readonly RetainedMessage[];
	/** As which user a message was published; null when that is unknown. */
	readonly userOf: (message: Message) => string | null;
	/** Whether a client may hear a topic now. */
	readonly mayHear: (client: Client, topic: string) => boolean;
	/** Whether a topic is for connected clients only, and not for all that subscribe. */
	readonly isPrivate: (topic: string) => boolean;
	/** Over which connection a payload came. */
	readonly connectionOf: (payload: string | Uint8Array) => Connection | null;
}

/** Bytes that may wait for a client before more of what is stored for it is sent. */
const ROOM_BYTES = 256 << 10;
const LAST_ID = 65_535;
const REFUSED = 128;
/** Of messages that aedes has not numbered. */
const OWN = "server";

/**
 * Hands messages to readers, each once, whichever of its filters fit, at the highest QoS these were granted
 * (`MQTT-3.3.5-1`); beside them what is stored: retained messages and those of sessions.
 */
export class Distribution {
	readonly #deps: DistributionDeps;
	#counter = 0;
	/** Messages readers got, but for those of the fast path. */
	sent = 0;

	constructor(deps: DistributionDeps) {
		this.#deps = deps;
	}

	/** Publishes a message of the server itself: queues it for sessions and delivers it. */
	publish(topic: string, payload: string, qos: number): void {
		const message = { topic, payload, qos, retain: false, ...this.#number() };
		if (qos > 0) this.enqueue(this.#deps.sessions.matching(topic), message);
		this.deliver(message, true);
	}

	/** Queues a message for sessions, until they have confirmed it. */
	enqueue(sessions: readonly Match[], message: Message): void {
		// The session may be another client's by the time it is resumed.
		if (sessions.length === 0 || this.#deps.isPrivate(message.topic)) return;
		for (const { clientId, qos, ownQos, keepsRetain } of sessions) {
			const granted = clientId === message.clientId ? ownQos : qos;
			const lower = Math.min(message.qos, granted);
			if (lower === 0) continue;
			// Its subscription is older than the message (`MQTT-3.3.1-9`).
			const retain = message.retain && keepsRetain;
			this.#deps.queues.add(clientId, { ...message, cmd: "publish", qos: lower, retain });
		}
	}

	/**
	 * Hands a message to the server's handlers and to connected clients.
	 * @param isWhole See {@link FrameSink.send}; aedes hands on one message a turn, of many that came together.
	 */
	deliver(message: Message, isWhole = false): void {
		const { topic, payload } = message;
		const clientId = message.clientId ?? null;
		const route = this.#deps.routes.of(topic);
		if (route.handlers.length > 0) {
			const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
			const user = this.#deps.userOf(message);
			const connection = this.#deps.connectionOf(payload);
			for (const handler of route.handlers) {
				handler({ topic, payload: bytes, retained: false, clientId, user, connection });
			}
		}
		let plain: Buffer | undefined;
		for (const { reader, qos, ownQos, keepsRetain } of route.recipients) {
			const granted = reader.client.id === clientId ? ownQos : qos;
			if (granted < 0) continue;
			const lower = Math.min(message.qos, granted);
			const retain = message.retain && keepsRetain;
			if (lower > 0 || retain) {
				const frame = this.#frame(reader, route.bytes, message, lower, retain);
				if (frame !== undefined) reader.stream.send(frame, isWhole);
			} else {
				plain ??= plainFrame(route.bytes, payload);
				reader.stream.send(plain, isWhole);
			}
			this.sent += 1;
		}
	}

	/** A client has subscribed: it gets what its topics retain (`MQTT-3.3.1-6`). */
	async subscribed(client: Client, stream: FrameSink, filters: Subscription[]): Promise<void> {
		const reader = this.#deps.routes.readerOf(client, stream);
		for (const { topic: filter, qos } of filters) {
			if (qos >= REFUSED) continue;
			for (const message of this.#deps.systemMessages(filter))
				this.#sendStored(reader, message, qos);
			for await (const message of this.#deps.retained.matching([filter])) {
				if (!stream.isOpen) return;
				// Retained before the server kept it private.
				if (this.#deps.isPrivate(message.topic)) continue;
				this.#sendStored(reader, message, qos);
				if (stream.unsentBytes > ROOM_BYTES) await stream.whenSent();
			}
		}
	}

	/** A client has come back to its session: it gets what waited for it, oldest first (`MQTT-4.4.0-1`). */
	async resume(client: Client, stream: FrameSink): Promise<void> {
		const { routes, queues, mayHear } = this.#deps;
		const reader = routes.readerOf(client, stream);
		reader.isCatchingUp = true;
		let waiting = queues.list(client.id);
		while (waiting.length > 0) {
			for (const packet of waiting) {
				if (!stream.isOpen) return;
				if (packet.cmd === "pubrel") stream.send(pubrel(packet.messageId ?? 0), false);
				else if (mayHear(client, packet.topic ?? "")) this.#resend(reader, packet);
				else queues.remove(client.id, packet);
				if (stream.unsentBytes > ROOM_BYTES) await stream.whenSent();
			}
			// What came meanwhile.
			waiting = queues.list(client.id).filter(({ messageId }) => messageId === undefined);
		}
		reader.isCatchingUp = false;
	}

	#resend(reader: Reader, packet: QueuedPacket): void {
		const { topic = "", payload = "", qos = 1, messageId } = packet;
		const id = messageId ?? this.#takeId(reader);
		this.#deps.queues.update(reader.client.id, { ...packet, messageId: id });
		const dup = messageId !== undefined;
		const bytes = Buffer.from(topic);
		const retain = packet.retain === true;
		reader.stream.send(publishFrame({ topic: bytes, payload, qos, retain, dup, id }), false);
	}

	#sendStored(reader: Reader, { topic, payload, qos }: RetainedMessage, granted: number): void {
		const lower = Math.min(qos, granted);
		const message = { topic, payload, qos: lower, retain: true, ...this.#number() };
		if (lower > 0 && !reader.client.clean) {
			this.#deps.queues.add(reader.client.id, { ...message, cmd: "publish" });
		}
		const frame = this.#frame(reader, Buffer.from(topic), message, lower, true);
		if (frame === undefined) return;
		reader.stream.send(frame, false);
		this.sent += 1;
	}

	/** A message as one reader gets it now; undefined where its session keeps it for later. */
	#frame(
		reader: Reader,
		topic: Uint8Array,
		message: Message,
		qos: number,
		retain: boolean,
	): Buffer | undefined {
		const { client, stream } = reader;
		const { payload } = message;
		if (qos === 0) return publishFrame({ topic, payload, qos, retain, dup: false, id: undefined });
		if (!stream.isOpen || reader.isCatchingUp) return undefined;
		const id = this.#takeId(reader);
		if (!client.clean)
			this.#deps.queues.update(client.id, { ...message, cmd: "publish", messageId: id });
		return publishFrame({ topic, payload, qos, retain, dup: false, id });
	}

	/** A packet id that no message of the session waits with (`MQTT-2.3.1-4`). */
	#takeId(reader: Reader): number {
		for (let tries = 0; tries < LAST_ID; tries++) {
			const id = reader.nextId;
			reader.nextId = id === LAST_ID ? 1 : id + 1;
			if (reader.client.clean || !this.#deps.queues.isInUse(reader.client.id, id)) return id;
		}
		return reader.nextId;
	}

	#number(): { brokerId: string; brokerCounter: number } {
		this.#counter += 1;
		return { brokerId: OWN, brokerCounter: this.#counter };
	}
}

/** `MQTT 3.1.1 §3.6` */
function pubrel(id: number): Uint8Array {
	return Uint8Array.of(0x62, 2, id >> 8, id & 0xff);
}
