const MOST_TAKEN = 1024;

/** A queue: adding at one end and taking at the other cost the same however long it is. */
export class Fifo<T> {
	#items: T[] = [];
	/** Index of the oldest item. */
	#head = 0;

	get size(): number {
		return this.#items.length - this.#head;
	}

	/** The oldest item; undefined when there is none. */
	get first(): T | undefined {
		return this.#items[this.#head];
	}

	push(item: T): void {
		this.#items.push(item);
	}

	/** Takes the oldest item. */
	shift(): T | undefined {
		const item = this.first;
		this.#head += 1;
		if (this.#head >= this.#items.length) {
			// A new array for each message of a queue that is mostly empty would be garbage.
			if (this.#items.length > MOST_TAKEN) this.#items = [];
			else this.#items.length = 0;
			this.#head = 0;
		} else if (this.#head > MOST_TAKEN) this.#forgetTaken();
		return item;
	}

	/** Takes items out wherever they are, oldest first. */
	takeIf(isTaken: (item: T) => boolean): T[] {
		this.#forgetTaken();
		const taken = this.#items.filter(isTaken);
		this.#items = this.#items.filter((item) => !isTaken(item));
		return taken;
	}

	#forgetTaken(): void {
		this.#items = this.#items.slice(this.#head);
		this.#head = 0;
	}
}
