import type { IncomingMessage } from "./server-packets.ts";

/** A message that is to be acknowledged. */
export interface Receipt {
	/** Its results have been handed over, or there will be none; calling it again does nothing. */
	done(): void;
}

/** What tells a message from others that come. */
export interface Arrival {
	/** Its packet id. */
	readonly id: number;
	readonly qos: 1 | 2;
	/** It was sent before, says the broker. */
	readonly dup: boolean;
	/** A hash of its topic and payload. */
	readonly text: number;
}

/** What tells a message of QoS 1 or 2. */
export function arrivalOf({ id, qos, dup, topic, payload }: IncomingMessage): Arrival {
	const { xxHash32 } = Bun.hash;
	return { id, qos: qos === 1 ? 1 : 2, dup, text: xxHash32(payload, xxHash32(topic)) };
}

/** What of one topic was acknowledged before it was done, and is not done yet. */
export interface Lag {
	messages: number;
}

/** The lag of a topic of which nothing has come. */
export function noLag(): Lag {
	return { messages: 0 };
}

/** A message on its way to its acknowledgement. */
export class Entry implements Receipt {
	readonly id: number;
	readonly qos: 1 | 2;
	/** A hash of its topic and payload. */
	readonly text: number;
	readonly lag: Lag;
	readonly #onDone: (entry: Entry) => void;
	/** When it came over this connection, monotonic milliseconds. */
	at: number;
	isDone = false;
	/** Results that must have gone out before. */
	after = 0;
	/** Whether its turn does not wait for it. */
	isEarly = false;
	/** In the lag of its topic. */
	isLagging = false;
	/** Over this connection. */
	isAcknowledged = false;
	isQueued = true;
	/** As one that waits for its results. */
	isCounted = true;

	constructor({ id, qos, text }: Arrival, lag: Lag, at: number, onDone: (entry: Entry) => void) {
		this.id = id;
		this.qos = qos;
		this.text = text;
		this.lag = lag;
		this.at = at;
		this.#onDone = onDone;
	}

	done(): void {
		if (!this.isDone) this.#onDone(this);
	}

	/**
	 * Whether a message with its packet id is this one. RabbitMQ sends what was not acknowledged under new packet ids,
	 * which may have been another message's over the connection before.
	 */
	comesAgainAs({ qos, dup, text }: Arrival): boolean {
		return dup && this.qos === qos && this.text === text;
	}

	/** Its turn waits for it no longer. */
	pass(): void {
		this.isEarly = true;
		if (this.isDone || this.isLagging) return;
		this.isLagging = true;
		this.lag.messages += 1;
	}

	/** It is done. */
	settle(): void {
		this.isDone = true;
		if (this.isLagging) this.lag.messages -= 1;
		this.isLagging = false;
	}
}
