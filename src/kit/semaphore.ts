/** Lets a limited number of pieces of work run at once; the others wait in the order in which they came. */
export class Semaphore {
	readonly #waiting: (() => void)[] = [];
	#free: number;

	constructor(places: number) {
		this.#free = places;
	}

	/** How many wait for a place. */
	get waiting(): number {
		return this.#waiting.length;
	}

	/** Runs work when there is a place for it, which it gives back however it ends. */
	async run<T>(work: () => Promise<T> | T): Promise<T> {
		if (this.#free > 0) this.#free -= 1;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await work();
		} finally {
			// Its place goes to the next one that waits, so that none that comes later is ahead of it.
			const next = this.#waiting.shift();
			if (next === undefined) this.#free += 1;
			else next();
		}
	}
}
