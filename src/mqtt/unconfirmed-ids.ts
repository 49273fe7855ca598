/**
 * Messages of QoS 1 that were not confirmed yet, and what is in them. Many: what a broker has gathered while the server
 * was away may come at once, and the confirmations behind it.
 */
const MAX_UNCONFIRMED = 60_000;
const MAX_UNCONFIRMED_BYTES = 16 << 20;

/** Packet ids of QoS 1 for messages that a broker has not confirmed: so many at a time, and so much in them. */
export class UnconfirmedIds {
	readonly #first: number;
	readonly #last: number;
	readonly #used = new Map<number, number>();
	#bytes = 0;
	#next: number;

	/** @param first The smallest id. @param last The largest one. */
	constructor(first: number, last: number) {
		this.#first = first;
		this.#last = last;
		this.#next = first;
	}

	/** A free packet id, now in use; undefined while so many are as may be. @param bytes In the message. */
	take(bytes: number): number | undefined {
		if (this.#used.size >= MAX_UNCONFIRMED || this.#bytes >= MAX_UNCONFIRMED_BYTES)
			return undefined;
		while (this.#used.has(this.#next)) this.#goOn();
		const id = this.#next;
		this.#goOn();
		this.#used.set(id, bytes);
		this.#bytes += bytes;
		return id;
	}

	/** The message was confirmed. */
	give(id: number): void {
		this.#bytes -= this.#used.get(id) ?? 0;
		this.#used.delete(id);
	}

	#goOn(): void {
		this.#next = this.#next === this.#last ? this.#first : this.#next + 1;
	}
}
