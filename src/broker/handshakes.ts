import { PUBACK, PUBCOMP, PUBREC, PUBREL } from "../mqtt/mod.ts";
import type { OfflineQueues } from "./offline-queues.ts";
import type { ReceivedIds } from "./received-ids.ts";
import type { Reader } from "./routes.ts";
import type { SessionDelivery } from "./session-delivery.ts";

export interface HandshakesDeps {
	/** The client, as one that hears messages. */
	readonly reader: Reader;
	readonly queues: OfflineQueues;
	readonly sessionDelivery: Pick<SessionDelivery, "confirmed">;
	readonly received: ReceivedIds;
}

/** What one client and the broker confirm to each other at QoS 1 and 2 (`MQTT 3.1.1 §4.3`), past aedes. */
export class Handshakes {
	readonly #deps: HandshakesDeps;
	/** Packet ids of QoS 2 messages that came this way; those of others aedes is to release. */
	readonly #begun: Set<number>;

	constructor(deps: HandshakesDeps) {
		this.#deps = deps;
		// Of an earlier connection, of which aedes knows nothing any more.
		this.#begun = new Set(deps.received.of(deps.reader.client.id));
	}

	/** Whether a QoS 2 message of the client's is here already (`MQTT-4.3.3-2`). */
	isKnown(id: number): boolean {
		const { reader, received } = this.#deps;
		return received.has(reader.client.id, id);
	}

	/** A QoS 2 message has come. @returns false when too many of them are not released. */
	begin(id: number): boolean {
		const { reader, received } = this.#deps;
		if (!received.add(reader.client.id, id)) return false;
		this.#begun.add(id);
		return true;
	}

	/** Answers a PUBLISH. */
	accept(id: number, qos: number): void {
		this.#send(qos === 1 ? PUBACK : PUBREC, id);
	}

	/** Takes a PUBACK, PUBREC, PUBREL or PUBCOMP. @returns false when aedes has to do it. */
	take(type: number, id: number): boolean {
		switch (type) {
			case PUBACK:
				this.#confirmed(id, 1);
				return true;
			case PUBREC:
				this.#deps.queues.update(this.#deps.reader.client.id, { cmd: "pubrel", messageId: id });
				// Whether the message is known or not: the client is to get rid of it.
				this.#send(PUBREL, id);
				return true;
			case PUBCOMP:
				this.#confirmed(id, 2);
				return true;
			default:
				return this.#release(id);
		}
	}

	#release(id: number): boolean {
		if (!this.#begun.delete(id)) return false;
		const { reader, received } = this.#deps;
		received.delete(reader.client.id, id);
		this.#send(PUBCOMP, id);
		return true;
	}

	#confirmed(id: number, qos: number): void {
		const { reader, sessionDelivery } = this.#deps;
		if (reader.client.clean) reader.inFlight?.confirmed(id, qos);
		else sessionDelivery.confirmed(reader, id, qos);
	}

	#send(type: number, id: number): void {
		// Each by itself: Uint8Array.of takes several times as long.
		const packet = new Uint8Array(4);
		packet[0] = type;
		packet[1] = 2;
		packet[2] = id >> 8;
		packet[3] = id & 0xff;
		this.#deps.reader.stream.send(packet);
	}
}
