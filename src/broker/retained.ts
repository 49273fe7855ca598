import { setImmediate as turn } from "node:timers/promises";
import { hasWildcard, type Logger, messageOf, topicMatches } from "../kit/mod.ts";

export interface RetainedMessage {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly qos: 0 | 1 | 2;
}

/** Where retained messages outlive the broker. */
export interface RetainedDisk {
	/** All messages; one that cannot be read goes to `onOdd`. */
	load(onOdd: (topic: string, reason: string) => void): Promise<RetainedMessage[]>;
	/** Stores what changed, all or nothing; null = no longer retained. */
	save(changes: ReadonlyMap<string, RetainedMessage | null>): Promise<void>;
}

export interface RetainedOptions {
	maxMessages: number;
	/** Bytes of all topics and payloads together. */
	maxBytes: number;
	/** Whether a topic's last message is retained at all; others are delivered and forgotten. */
	isRetained: (topic: string) => boolean;
	/** Whether a topic's message goes to the disk; others live as long as the broker. */
	isKept: (topic: string) => boolean;
}

/** Changes within this time go to the disk together. */
const SAVE_EVERY_MS = 1000;
/** Writing them blocks the event loop for some milliseconds. */
const MAX_PER_SAVE = 1000;
/** Topics compared with a filter before other work gets its turn. */
const COMPARED_PER_TURN = 500;

const sizeOf = ({ topic, payload }: RetainedMessage) => topic.length + payload.length;

/** The last message of each topic that was published to be retained (`MQTT 3.1.1 §3.3.1.3`). */
export class Retained {
	readonly #options: RetainedOptions;
	readonly #disk: RetainedDisk;
	readonly #log: Logger;
	readonly #messages = new Map<string, RetainedMessage>();
	#bytes = 0;
	#unsaved = new Map<string, RetainedMessage | null>();
	#saveTimer: Timer | undefined;
	#saving: Promise<void> = Promise.resolve();
	#isOver = false;

	constructor(options: RetainedOptions, disk: RetainedDisk, log: Logger) {
		this.#options = options;
		this.#disk = disk;
		this.#log = log;
	}

	get size(): number {
		return this.#messages.size;
	}

	/** Takes over what the disk has. */
	async start(): Promise<void> {
		const stored = await this.#disk.load((topic, reason) =>
			this.#log.warn("stored retained message skipped", { topic, reason }),
		);
		for (const message of stored) {
			if (this.#options.isRetained(message.topic)) this.#put(message);
			// An older version kept it.
			else this.#unsaved.set(message.topic, null);
		}
		this.#saveSoon();
	}

	/** Whether the limits allow to keep a message of this size on its topic. */
	hasRoomFor(topic: string, payloadBytes: number): boolean {
		const former = this.#messages.get(topic);
		const { maxMessages, maxBytes } = this.#options;
		if (payloadBytes === 0 || !this.#options.isRetained(topic)) return true;
		if (former === undefined && this.#messages.size >= maxMessages) return false;
		const freed = former === undefined ? 0 : sizeOf(former);
		return this.#bytes - freed + topic.length + payloadBytes <= maxBytes;
	}

	/** Keeps a message in place of its topic's previous one; an empty payload removes it. @returns false when there is no room. */
	set(message: RetainedMessage): boolean {
		const { topic, payload } = message;
		if (!this.#options.isRetained(topic)) return true;
		if (!this.hasRoomFor(topic, payload.length)) return false;
		if (payload.length === 0) {
			this.#remove(topic);
			this.#changed(topic, null);
			return true;
		}
		this.#put(message);
		this.#changed(topic, message);
		return true;
	}

	/** Messages whose topics fit the filters, filter by filter. */
	async *matching(filters: readonly string[]): AsyncGenerator<RetainedMessage> {
		let compared = 0;
		for (const filter of filters) {
			if (!hasWildcard(filter)) {
				const message = this.#messages.get(filter);
				if (message !== undefined) yield message;
				continue;
			}
			for (const [topic, message] of this.#messages) {
				if (topicMatches(filter, topic)) yield message;
				compared += 1;
				if (compared % COMPARED_PER_TURN === 0) await turn();
			}
		}
	}

	/** Stores what is not stored yet; from then on nothing more is. */
	async stop(): Promise<void> {
		this.#isOver = true;
		clearTimeout(this.#saveTimer);
		await this.#saving;
		await this.#save(Number.POSITIVE_INFINITY);
	}

	#put(message: RetainedMessage): void {
		this.#remove(message.topic);
		this.#messages.set(message.topic, message);
		this.#bytes += sizeOf(message);
	}

	#remove(topic: string): void {
		const former = this.#messages.get(topic);
		if (former === undefined) return;
		this.#messages.delete(topic);
		this.#bytes -= sizeOf(former);
	}

	#changed(topic: string, message: RetainedMessage | null): void {
		if (!this.#options.isKept(topic)) return;
		this.#unsaved.set(topic, message);
		this.#saveSoon();
	}

	#saveSoon(): void {
		if (this.#isOver || this.#unsaved.size === 0) return;
		this.#saveTimer ??= setTimeout(() => {
			this.#saving = this.#save(MAX_PER_SAVE).then(() => {
				this.#saveTimer = undefined;
				this.#saveSoon();
			});
		}, SAVE_EVERY_MS);
	}

	async #save(most: number): Promise<void> {
		const changes = new Map([...this.#unsaved].slice(0, most));
		if (changes.size === 0) return;
		for (const topic of changes.keys()) this.#unsaved.delete(topic);
		try {
			await this.#disk.save(changes);
		} catch (error) {
			// What changed meanwhile is newer.
			this.#unsaved = new Map([...changes, ...this.#unsaved]);
			this.#log.debug("retained messages not stored yet", { reason: messageOf(error) });
		}
	}
}
