const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/** Pauses between tries: each twice as long as the one before, and never the same on forty phones at once. */
export class GrowingPause {
	readonly #random: () => number;
	#ms = FIRST_MS;

	/** @param random 0 to 1. */
	constructor(random: () => number) {
		this.#random = random;
	}

	/** The next one, milliseconds. @param leastS What the server asked for, seconds. */
	next(leastS = 0): number {
		const ms = this.#ms * (0.6 + 0.8 * this.#random());
		this.#ms = Math.min(this.#ms * 2, LONGEST_MS);
		return Math.max(ms, leastS * 1000);
	}

	/** After a try that worked. */
	reset(): void {
		this.#ms = FIRST_MS;
	}
}
