/**
 * What waits to be written to a connection: what comes in one turn of the event loop leaves in one
 * piece, and what the connection does not take is offered again when it has room.
 */
export class Outbox {
	readonly #write: (data: Uint8Array) => number;
	readonly #onEmpty: () => void;
	#queue: Uint8Array[] = [];
	#bytes = 0;
	/** Bytes of the largest piece since nothing waited. */
	#largest = 0;
	#flushScheduled = false;
	#full = false;

	/**
	 * @param write Returns how many bytes were taken, -1 when the connection is closed.
	 * @param onEmpty Nothing waits any more.
	 */
	constructor(write: (data: Uint8Array) => number, onEmpty: () => void = () => {}) {
		this.#write = write;
		this.#onEmpty = onEmpty;
	}

	/** Bytes that wait. */
	get bytes(): number {
		return this.#bytes;
	}

	/**
	 * Whether more waits than may. One piece may be larger by itself: no client could read a list of many devices fast
	 * enough otherwise.
	 */
	isOver(maxBytes: number): boolean {
		return this.#bytes > maxBytes + (this.#largest > maxBytes ? this.#largest : 0);
	}

	/** The bytes must stay as they are; they leave after {@link leaveSoon}. */
	add(data: Uint8Array): void {
		this.#largest = this.#bytes === 0 ? data.length : Math.max(this.#largest, data.length);
		this.#queue.push(data);
		this.#bytes += data.length;
	}

	/** @param isWhole Nothing more is to come this turn: what was added leaves right after it. */
	leaveSoon(isWhole: boolean): void {
		if (this.#flushScheduled || this.#full) return;
		this.#flushScheduled = true;
		const flush = () => {
			this.#flushScheduled = false;
			this.flush();
		};
		if (isWhole) queueMicrotask(flush);
		else setImmediate(flush);
	}

	/** Writes at once. */
	flush(): void {
		const first = this.#queue[0];
		if (this.#full || first === undefined) return;
		const data = this.#queue.length === 1 ? first : Buffer.concat(this.#queue, this.#bytes);
		const sent = this.#write(data);
		this.clear();
		if (sent < 0 || sent >= data.length) {
			this.#onEmpty();
			return;
		}
		this.#full = true;
		// What is left of several pieces is not a large one.
		this.#queue = [data.subarray(sent)];
		this.#bytes = data.length - sent;
	}

	/** The connection has room again. */
	drained(): void {
		this.#full = false;
		if (this.#bytes > 0) this.flush();
		else this.#onEmpty();
	}

	clear(): void {
		this.#queue = [];
		this.#bytes = 0;
	}
}
