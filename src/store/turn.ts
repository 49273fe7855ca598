/** So long one turn may keep data from flowing. */
const MAX_TURN_MS = 5;

/** A turn of the event loop: database calls settle within the one they are made in. */
export class Turn {
	#turns = 1;
	#timers = 0;
	#since = performance.now();
	#watch: NodeJS.Immediate;
	// Timers may fire before the turn is over; of those due this one is the oldest, and fires first.
	readonly #timer = setInterval(() => {
		this.#timers += 1;
	}, 1);

	constructor() {
		this.#watch = this.#wait();
	}

	/** Changes with each turn and with the timers in it: what waited for the database alone sees the same number. */
	get number(): number {
		return this.#turns + this.#timers;
	}

	/** Whether others have waited long enough. */
	get isLong(): boolean {
		return performance.now() - this.#since > MAX_TURN_MS;
	}

	/** Lets everything else have its turn. */
	async next(): Promise<void> {
		const turns = this.#turns;
		while (this.#turns === turns) await new Promise(setImmediate);
	}

	/** Watches no longer. */
	end(): void {
		clearImmediate(this.#watch);
		clearInterval(this.#timer);
	}

	#wait(): NodeJS.Immediate {
		return setImmediate(() => {
			this.#turns += 1;
			this.#since = performance.now();
			this.#watch = this.#wait();
		});
	}
}
