import type { Client } from "aedes";
import { PUBREL, publishFrame } from "../mqtt/mod.ts";
import { ROOM_BYTES } from "./frame-sink.ts";
import { LAST_ID, WINDOW } from "./in-flight.ts";
import type { OfflineQueues, QueuedPacket } from "./offline-queues.ts";
import type { Reader } from "./routes.ts";

export interface SessionDeliveryDeps {
	readonly queues: OfflineQueues;
	/** Whether a client may hear a topic now. */
	readonly mayHear: (client: Client, topic: string) => boolean;
}

/** Sends connected clients what their sessions keep until it is confirmed (`MQTT 3.1.1 §4.4`). */
export class SessionDelivery {
	readonly #deps: SessionDeliveryDeps;

	constructor(deps: SessionDeliveryDeps) {
		this.#deps = deps;
	}

	/** A message of a session is about to be sent. @returns its packet id; undefined when it has to wait for one. */
	begin(reader: Reader, message: Omit<QueuedPacket, "cmd">): number | undefined {
		const messageId = this.#takeId(reader);
		if (messageId === undefined) return undefined;
		this.#deps.queues.update(reader.client.id, { ...message, cmd: "publish", messageId });
		return messageId;
	}

	/** A client has come back to its session: it gets what waited for it, oldest first (`MQTT-4.4.0-1`). */
	async resume(reader: Reader): Promise<void> {
		reader.isCatchingUp = true;
		await this.#catchUp(reader, this.#deps.queues.list(reader.client.id));
	}

	/** The client of a session that had run out of packet ids has confirmed a message. */
	async goOn(reader: Reader): Promise<void> {
		// Many at a time: each look at what waits takes as long as all of it.
		if (this.#deps.queues.sentOf(reader.client.id) > WINDOW / 2) return;
		reader.isStalled = false;
		await this.#catchUp(reader, this.#unsentOf(reader));
	}

	async #catchUp(reader: Reader, packets: readonly QueuedPacket[]): Promise<void> {
		const { queues, mayHear } = this.#deps;
		const { client, stream } = reader;
		let waiting = packets;
		while (waiting.length > 0) {
			for (const packet of waiting) {
				if (!stream.isOpen) return;
				if (packet.cmd === "pubrel") stream.send(pubrel(packet.messageId ?? 0), false);
				else if (!mayHear(client, packet.topic ?? "")) queues.remove(client.id, packet);
				else if (!this.#send(reader, packet)) return;
				if (stream.unsentBytes > ROOM_BYTES) await stream.whenSent();
			}
			// What came meanwhile.
			waiting = this.#unsentOf(reader);
		}
		reader.isCatchingUp = false;
	}

	#unsentOf({ client }: Reader): QueuedPacket[] {
		return this.#deps.queues.list(client.id).filter(({ messageId }) => messageId === undefined);
	}

	/** @returns false when it has to wait for a packet id. */
	#send(reader: Reader, packet: QueuedPacket): boolean {
		const { topic = "", payload = "", qos = 1, messageId } = packet;
		const id = messageId ?? this.#takeId(reader);
		if (id === undefined) return false;
		this.#deps.queues.update(reader.client.id, { ...packet, messageId: id });
		const dup = messageId !== undefined;
		const bytes = Buffer.from(topic);
		const retain = packet.retain === true;
		reader.stream.send(publishFrame({ topic: bytes, payload, qos, retain, dup, id }), false);
		return true;
	}

	/** A packet id that no message of the session waits with (`MQTT-2.3.1-4`); without one, all wait for confirmations. */
	#takeId(reader: Reader): number | undefined {
		const { queues } = this.#deps;
		if (queues.sentOf(reader.client.id) >= WINDOW) {
			reader.isCatchingUp = true;
			reader.isStalled = true;
			return undefined;
		}
		let id: number;
		do {
			id = reader.nextId;
			reader.nextId = id === LAST_ID ? 1 : id + 1;
		} while (queues.isInUse(reader.client.id, id));
		return id;
	}
}

/** `MQTT 3.1.1 §3.6` */
function pubrel(id: number): Uint8Array {
	return Uint8Array.of(PUBREL, 2, id >> 8, id & 0xff);
}
