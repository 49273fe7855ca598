/** A message that is to be acknowledged. */
export interface Receipt {
	/** Its results have been handed over, or there will be none; calling it again does nothing. */
	done(): void;
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

	constructor(id: number, qos: 1 | 2, lag: Lag, at: number, onDone: (entry: Entry) => void) {
		this.id = id;
		this.qos = qos;
		this.lag = lag;
		this.at = at;
		this.#onDone = onDone;
	}

	done(): void {
		if (!this.isDone) this.#onDone(this);
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
