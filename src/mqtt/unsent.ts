import type { PublishOptions, Qos } from "./port.ts";

/**
 * Messages in flight: mosquitto 2.0.11 acknowledges more than its max_inflight_messages
 * (20 unless set) of one publisher at QoS 2, but delivers only so many.
 */
const MAX_IN_FLIGHT = 20;

interface Message {
	readonly topic: string;
	readonly data: string | Buffer;
	readonly options: PublishOptions;
	readonly resolve: () => void;
	readonly reject: (error: Error) => void;
}

/** What takes a message; undefined while nothing does. */
export interface Way {
	/** The highest QoS the broker supports. */
	readonly maxQos: Qos;
	send(
		topic: string,
		data: string | Buffer,
		options: { qos: Qos; retain: boolean },
		done: (error?: Error) => void,
	): void;
}

/** Messages on their way to another program's broker: bounded, in order, sent again after a lost connection. */
export class Unsent {
	readonly #limits: { readonly maxUnsent: number };
	readonly #way: () => Way | undefined;
	#waiting: Message[] = [];
	/** In the order they were sent. */
	readonly #inFlight = new Set<Message>();
	#onAllSent: (() => void) | undefined;
	/** Why nothing more is sent; undefined: it is. */
	#ended: Error | undefined;

	constructor(limits: { readonly maxUnsent: number }, way: () => Way | undefined) {
		this.#limits = limits;
		this.#way = way;
	}

	get isEmpty(): boolean {
		return this.#waiting.length === 0;
	}

	/** Hears once when nothing waits any more. */
	onAllSent(listener: () => void): void {
		this.#onAllSent = listener;
	}

	/** Resolves when the broker has it. */
	add(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		if (this.#ended !== undefined) {
			reject(this.#ended);
			return promise;
		}
		if (this.#waiting.length >= this.#limits.maxUnsent) {
			reject(new Error(`${this.#waiting.length} messages are already waiting for the broker`));
			return promise;
		}
		const data = typeof payload === "string" ? payload : Buffer.from(payload);
		this.#waiting.push({ topic, data, options, resolve, reject });
		this.send();
		return promise;
	}

	/** Sends as many as may be in flight. */
	send(): void {
		while (this.#inFlight.size < MAX_IN_FLIGHT) {
			const way = this.#way();
			if (way === undefined) return;
			const next = this.#waiting.shift();
			if (next === undefined) return;
			this.#inFlight.add(next);
			const { topic, data, options } = next;
			const qos = options.qos < way.maxQos ? options.qos : way.maxQos;
			way.send(topic, data, { qos, retain: options.retain ?? false }, (error) =>
				this.#done(next, error),
			);
		}
	}

	/** The connection is gone: what the broker has not confirmed goes again with the next one, before the rest. */
	takeBack(): void {
		this.#waiting = [...this.#inFlight, ...this.#waiting];
		this.#inFlight.clear();
	}

	/** Gives up what is left. */
	rejectAll(error: Error): void {
		this.takeBack();
		for (const { reject } of this.#waiting.splice(0)) reject(error);
	}

	/** Gives up what is left, and all that comes. */
	end(error: Error): void {
		this.#ended = error;
		this.rejectAll(error);
	}

	#done(message: Message, error: Error | undefined): void {
		// A lost connection's calls come late: the message waits again by then.
		if (!this.#inFlight.delete(message)) return;
		if (error) message.reject(error);
		else message.resolve();
		this.send();
		if (this.isEmpty) this.#onAllSent?.();
	}
}
