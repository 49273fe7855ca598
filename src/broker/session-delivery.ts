import type { Client } from "aedes";
import { PUBREL, publishFrame } from "../mqtt/mod.ts";
import { ROOM_BYTES } from "./frame-sink.ts";
import type { OfflineQueues, QueuedPacket } from "./offline-queues.ts";
import { PacketIds, WINDOW } from "./packet-ids.ts";
import type { Reader } from "./routes.ts";

export interface SessionDeliveryDeps {
	readonly queues: OfflineQueues;
	/** Whether a client may hear a topic now. */
	readonly mayHear: (client: Client, topic: string) => boolean;
	/** A session that had run out of packet ids has some again: {@link SessionDelivery.goOn}. */
	readonly onRoom: (reader: Reader) => void;
}

/** Sends connected clients what their sessions keep until it is confirmed (`MQTT 3.1.1 §4.4`). */
export class SessionDelivery {
	readonly #deps: SessionDeliveryDeps;

	constructor(deps: SessionDeliveryDeps) {
		this.#deps = deps;
	}

	/** A message of a session is about to be sent. @returns its packet id; undefined when it has to wait for one. */
	begin(reader: Reader, message: Omit<QueuedPacket, "cmd">): number | undefined {
		const messageId = this.#takeId(reader, message.qos ?? 1);
		if (messageId === undefined) return undefined;
		this.#deps.queues.update(reader.client.id, { ...message, cmd: "publish", messageId });
		return messageId;
	}

	/** The client has confirmed a message to the end. @param qos See {@link PacketIds.release}. */
	confirmed(reader: Reader, id: number, qos: number): void {
		const { queues, onRoom } = this.#deps;
		if (!this.#idsOf(reader).release(id, qos)) return;
		queues.acknowledge(reader.client.id, id);
		// Many at a time: each look at what waits takes as long as all of it.
		if (!reader.isStalled || this.#idsOf(reader).size > WINDOW / 2) return;
		reader.isStalled = false;
		onRoom(reader);
	}

	/** A client has come back to its session: it gets what waited for it, oldest first (`MQTT-4.4.0-1`). */
	async resume(reader: Reader): Promise<void> {
		reader.isCatchingUp = true;
		const all = this.#deps.queues.list(reader.client.id);
		for (const { messageId, qos = 2 } of all) {
			if (messageId !== undefined) this.#idsOf(reader).reserve(messageId, qos);
		}
		await this.#catchUp(reader, all);
	}

	/** Sends what waited for packet ids, which are there again. */
	async goOn(reader: Reader): Promise<void> {
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
		const id = messageId ?? this.#takeId(reader, qos);
		if (id === undefined) return false;
		this.#deps.queues.update(reader.client.id, { ...packet, messageId: id });
		const dup = messageId !== undefined;
		const bytes = Buffer.from(topic);
		const retain = packet.retain === true;
		reader.stream.send(publishFrame({ topic: bytes, payload, qos, retain, dup, id }), false);
		return true;
	}

	/** Without one, all that follow wait too. */
	#takeId(reader: Reader, qos: number): number | undefined {
		const id = this.#idsOf(reader).take(qos);
		if (id === undefined) {
			reader.isCatchingUp = true;
			reader.isStalled = true;
		}
		return id;
	}

	/** Also of messages that have left the queue for newer ones: the client may still confirm them. */
	#idsOf(reader: Reader): PacketIds {
		reader.sessionIds ??= new PacketIds();
		return reader.sessionIds;
	}
}

/** `MQTT 3.1.1 §3.6` */
function pubrel(id: number): Uint8Array {
	return Uint8Array.of(PUBREL, 2, id >> 8, id & 0xff);
}
