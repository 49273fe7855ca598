/** So long one turn may keep data from flowing. */
const MAX_TURN_MS = 5;

/** A turn of the event loop: database calls settle within the one they are made in. */
export class Turn {
	#number = 1;
	#since = performance.now();
	#watch: NodeJS.Immediate;

	constructor() {
		this.#watch = this.#wait();
	}

	/** Counts the turns. */
	get number(): number {
		return this.#number;
	}

	/** Whether others have waited long enough. */
	get isLong(): boolean {
		return performance.now() - this.#since > MAX_TURN_MS;
	}

	/** Lets everything else have its turn. */
	async next(): Promise<void> {
		const { number } = this;
		while (this.#number === number) await new Promise(setImmediate);
	}

	/** Watches no longer. */
	end(): void {
		clearImmediate(this.#watch);
	}

	#wait(): NodeJS.Immediate {
		return setImmediate(() => {
			this.#number += 1;
			this.#since = performance.now();
			this.#watch = this.#wait();
		});
	}
}
