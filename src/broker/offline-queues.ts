/** What a queued message is known by: the broker's own number, or the packet id it went out with. */
export interface QueuedPacket {
	readonly cmd: string;
	readonly topic?: string;
	readonly qos?: number;
	readonly payload?: string | Uint8Array;
	readonly retain?: boolean;
	readonly brokerId?: string;
	readonly brokerCounter?: number;
	messageId?: number | undefined;
}

export interface OfflineQueuesOptions {
	/** Messages of one session. */
	maxQueued: number;
	/** Bytes of topics and payloads of all sessions. */
	maxQueuedBytes: number;
}

/** A message of a session. */
export interface QueueEntry {
	readonly clientId: string;
	readonly key: string;
	readonly bytes: number;
	/** What it is stored by; grows with every message. */
	readonly row: number;
	/** Something of that row may be on the disk. */
	isStored: boolean;
	packet: QueuedPacket;
}

interface Queue {
	readonly entries: Map<string, QueueEntry>;
	readonly byMessageId: Map<number, QueueEntry>;
}

/** What a queued message costs beside its topic and payload. */
const OVERHEAD_BYTES = 200;
/** In the place of the broker that numbered a message, before it was stored. */
const STORED = "stored";

/**
 * QoS 1 and 2 messages of persistent sessions, from when they are published until the client has
 * acknowledged them (`MQTT 3.1.1 §4.4`). When there are too many, the oldest are dropped.
 */
export class OfflineQueues {
	readonly #options: OfflineQueuesOptions;
	readonly #onDropped: (clientId: string) => void;
	readonly #queues = new Map<string, Queue>();
	/** Of all sessions, oldest first. */
	readonly #all = new Set<QueueEntry>();
	#bytes = 0;
	#lastRow = 0;
	/** What is new or has changed since it was stored. */
	readonly changed = new Set<QueueEntry>();
	/** Rows on the disk whose messages are done. */
	readonly removed = new Set<number>();
	/** Told whenever there is something to store. */
	onChange: () => void = () => {};

	/** @param onDropped A message of a client was dropped for a newer one. */
	constructor(options: OfflineQueuesOptions, onDropped: (clientId: string) => void) {
		this.#options = options;
		this.#onDropped = onDropped;
	}

	/** Bytes held at the moment. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Messages that wait, of all sessions. */
	get size(): number {
		return this.#all.size;
	}

	add(clientId: string, packet: QueuedPacket): void {
		const key = keyOf(packet);
		// Two filters of one session that both fit bring the message once.
		if (this.#queues.get(clientId)?.entries.has(key) === true) return;
		const row = this.#lastRow + 1;
		const entry = this.#entry(clientId, key, row, { ...packet, messageId: undefined });
		this.#mark(entry);
		this.#insert(entry);
	}

	/** Restores a message from the disk, behind those that are there. */
	restore(clientId: string, row: number, packet: QueuedPacket): void {
		const named = { ...packet, brokerId: STORED, brokerCounter: row };
		const entry = this.#entry(clientId, keyOf(named), row, named);
		entry.isStored = true;
		this.#insert(entry);
	}

	/** Whether a message still waits. */
	has(entry: QueueEntry): boolean {
		return this.#all.has(entry);
	}

	/** A row is on the disk, and no message of it here. */
	leaveOut(row: number): void {
		this.#lastRow = Math.max(this.#lastRow, row);
		this.removed.add(row);
		this.onChange();
	}

	/** Notes the packet id a message went out with, or that only its release is still to be acknowledged. */
	update(clientId: string, packet: QueuedPacket): void {
		const queue = this.#queues.get(clientId);
		if (queue === undefined) return;
		const { messageId } = packet;
		const known = queue.entries.get(keyOf(packet));
		if (known !== undefined) {
			if (known.packet.messageId === messageId) return;
			if (known.packet.messageId !== undefined) queue.byMessageId.delete(known.packet.messageId);
			known.packet.messageId = messageId;
			if (messageId !== undefined) queue.byMessageId.set(messageId, known);
			this.#mark(known);
			return;
		}
		const sent = messageId === undefined ? undefined : queue.byMessageId.get(messageId);
		if (sent === undefined) return;
		sent.packet = packet;
		this.#mark(sent);
	}

	/** Whether a message waits for the acknowledgement of a packet id. */
	isInUse(clientId: string, messageId: number): boolean {
		return this.#queues.get(clientId)?.byMessageId.has(messageId) === true;
	}

	/** The client has acknowledged a packet id. @returns its packet, if it is known. */
	acknowledge(clientId: string, messageId: number | undefined): QueuedPacket | undefined {
		const queue = this.#queues.get(clientId);
		const entry = messageId === undefined ? undefined : queue?.byMessageId.get(messageId);
		if (entry !== undefined) this.#remove(entry);
		return entry?.packet;
	}

	/** Takes a message back, whatever its client has confirmed. */
	remove(clientId: string, packet: QueuedPacket): void {
		const entry = this.#queues.get(clientId)?.entries.get(keyOf(packet));
		if (entry !== undefined) this.#remove(entry);
	}

	/** What a session waits for, oldest first. */
	list(clientId: string): QueuedPacket[] {
		const entries = this.#queues.get(clientId)?.entries.values() ?? [];
		return [...entries].map(({ packet }) => packet);
	}

	/** The session ended. */
	forget(clientId: string): void {
		for (const entry of this.#queues.get(clientId)?.entries.values() ?? []) this.#remove(entry);
		this.#queues.delete(clientId);
	}

	#entry(clientId: string, key: string, row: number, packet: QueuedPacket): QueueEntry {
		this.#lastRow = Math.max(this.#lastRow, row);
		const bytes = OVERHEAD_BYTES + (packet.topic?.length ?? 0) + (packet.payload?.length ?? 0);
		return { clientId, key, bytes, row, isStored: false, packet };
	}

	#insert(entry: QueueEntry): void {
		const { clientId, key, bytes, packet } = entry;
		const queue = this.#queues.get(clientId) ?? { entries: new Map(), byMessageId: new Map() };
		this.#queues.set(clientId, queue);
		queue.entries.set(key, entry);
		if (packet.messageId !== undefined) queue.byMessageId.set(packet.messageId, entry);
		this.#all.add(entry);
		this.#bytes += bytes;
		if (queue.entries.size > this.#options.maxQueued) this.#dropFirst(queue.entries.values());
		while (this.#bytes > this.#options.maxQueuedBytes) this.#dropFirst(this.#all.values());
	}

	#mark(entry: QueueEntry): void {
		this.changed.add(entry);
		this.onChange();
	}

	#dropFirst(entries: Iterator<QueueEntry>): void {
		const { value: oldest } = entries.next();
		if (oldest === undefined) return;
		this.#remove(oldest);
		this.#onDropped(oldest.clientId);
	}

	#remove(entry: QueueEntry): void {
		const { clientId, key, bytes, packet } = entry;
		this.#all.delete(entry);
		this.changed.delete(entry);
		if (entry.isStored) {
			this.removed.add(entry.row);
			this.onChange();
		}
		this.#bytes -= bytes;
		const queue = this.#queues.get(clientId);
		if (queue === undefined) return;
		queue.entries.delete(key);
		if (packet.messageId !== undefined) queue.byMessageId.delete(packet.messageId);
		if (queue.entries.size === 0) this.#queues.delete(clientId);
	}
}

function keyOf({ brokerId, brokerCounter }: QueuedPacket): string {
	return `${brokerId} ${brokerCounter}`;
}
