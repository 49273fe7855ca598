import type { Client, Subscription } from "aedes";
import { type Connection, plainFrame, publishFrame, type Qos } from "../mqtt/mod.ts";
import { type FrameSink, ROOM_BYTES } from "./frame-sink.ts";
import { InFlight } from "./in-flight.ts";
import type { OfflineQueues } from "./offline-queues.ts";
import type { Retained, RetainedMessage } from "./retained.ts";
import type { Reader, Route, Routes } from "./routes.ts";
import type { SessionDelivery } from "./session-delivery.ts";
import type { Match } from "./session-filters.ts";

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
	readonly queues: OfflineQueues;
	readonly sessionDelivery: SessionDelivery;
	readonly retained: Pick<Retained, "matching">;
	/** The broker's own topics under `$SYS`, with their current values. */
	readonly systemMessages: (filter: string) => readonly RetainedMessage[];
	/** As which user a message was published; null when that is unknown. */
	readonly userOf: (message: Message) => string | null;
	/** Whether a topic is for connected clients only, and not for all that subscribe. */
	readonly isPrivate: (topic: string) => boolean;
	/** Over which connection a payload came. */
	readonly connectionOf: (payload: string | Uint8Array) => Connection | null;
}

const REFUSED = 128;
/** Of messages that aedes has not numbered. */
const OWN = "server";

/**
 * Hands messages to readers, each once, whichever of its filters fit, at the highest QoS these were granted
 * (`MQTT-3.3.5-1`); beside them retained messages.
 */
export class Distribution {
	readonly #deps: DistributionDeps;
	#counter = 0;
	/** Messages readers got, but for those of QoS 0 on the fast path. */
	sent = 0;

	constructor(deps: DistributionDeps) {
		this.#deps = deps;
	}

	/** Publishes a message of the server itself: queues it for sessions and delivers it. */
	publish(topic: string, payload: string, qos: number): void {
		const route = this.#deps.routes.of(topic);
		if (qos === 0 && route.handlers.length === 0) {
			this.#sendPlain(route, payload);
			return;
		}
		const message = { topic, payload, qos, retain: false, ...this.#number() };
		if (qos > 0) this.enqueue(route.sessions, message);
		this.#handle(route, message);
		this.#send(route, message, true);
	}

	/**
	 * Queues a client's message for sessions and hands it to connected clients; the server's own handlers have it already.
	 * @param message Of QoS 1 or 2; its payload stays as it is only during the call.
	 */
	forward(route: Route, message: Message): void {
		if (route.sessions.length === 0) {
			this.#send(route, message, true);
			return;
		}
		const kept = { ...message, payload: Buffer.from(message.payload), ...this.#number() };
		this.enqueue(route.sessions, kept);
		this.#send(route, kept, true);
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

	/** Hands a message that aedes publishes, one a turn of many that came together, to handlers and connected clients. */
	deliver(message: Message): void {
		const route = this.#deps.routes.of(message.topic);
		this.#handle(route, message);
		this.#send(route, message, false);
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

	#sendStored(reader: Reader, { topic, payload, qos }: RetainedMessage, granted: number): void {
		const lower = Math.min(qos, granted);
		const message = { topic, payload, qos: lower, retain: true, ...this.#number() };
		if (lower > 0 && !reader.client.clean) {
			this.#deps.queues.add(reader.client.id, { ...message, cmd: "publish" });
		}
		this.#sendOne(reader, Buffer.from(topic), message, lower, true, false);
	}

	/** Hands a message to the server's own handlers. */
	#handle(route: Route, message: Message): void {
		if (route.handlers.length === 0) return;
		const { topic, payload } = message;
		const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
		const qos = qosOf(message.qos);
		const user = this.#deps.userOf(message);
		const connection = this.#deps.connectionOf(payload);
		const clientId = message.clientId ?? null;
		for (const handler of route.handlers) {
			handler({ topic, payload: bytes, retained: false, qos, clientId, user, connection });
		}
	}

	/** Hands a message to connected clients. @param isWhole See {@link FrameSink.send}. */
	#send(route: Route, message: Message, isWhole: boolean): void {
		const clientId = message.clientId ?? null;
		let plain: Buffer | undefined;
		for (const { reader, qos, ownQos, keepsRetain } of route.recipients) {
			const granted = ownQos !== qos && reader.client.id === clientId ? ownQos : qos;
			if (granted < 0) continue;
			const lower = Math.min(message.qos, granted);
			const retain = message.retain && keepsRetain;
			if (lower > 0 || retain) {
				this.#sendOne(reader, route.bytes, message, lower, retain, isWhole);
				continue;
			}
			plain ??= plainFrame(route.bytes, message.payload);
			reader.stream.send(plain, isWhole);
			this.sent += 1;
		}
	}

	/** Hands a message of the server itself, of QoS 0, to connected clients. */
	#sendPlain({ streams, bytes }: Route, payload: string): void {
		if (streams.length === 0) return;
		const frame = plainFrame(bytes, payload);
		for (const stream of streams) stream.send(frame, true);
		this.sent += streams.length;
	}

	/** Hands a message to one client, unless its session keeps it for later. */
	#sendOne(
		reader: Reader,
		topic: Uint8Array,
		message: Message,
		qos: number,
		retain: boolean,
		isWhole: boolean,
	): void {
		const { client, stream } = reader;
		const { payload } = message;
		this.sent += 1;
		if (qos === 0) {
			const frame = publishFrame({ topic, payload, qos, retain, dup: false, id: undefined });
			stream.send(frame, isWhole);
			return;
		}
		if (!stream.isOpen || reader.isCatchingUp) return;
		if (client.clean) {
			reader.inFlight ??= new InFlight(stream);
			reader.inFlight.send({ topic, payload, qos, retain }, isWhole);
			return;
		}
		const id = this.#deps.sessionDelivery.begin(reader, message);
		if (id === undefined) return;
		stream.send(publishFrame({ topic, payload, qos, retain, dup: false, id }), isWhole);
	}

	#number(): { brokerId: string; brokerCounter: number } {
		this.#counter += 1;
		return { brokerId: OWN, brokerCounter: this.#counter };
	}
}

function qosOf(qos: number): Qos {
	return qos === 0 || qos === 1 ? qos : 2;
}
