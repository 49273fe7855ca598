/** What counts as lately. */
const LATELY_MS = 30_000;

/** How much of its time an engine has worked on messages, by its own clock. */
export class EngineWork {
	#totalMs = 0;
	#recentMs = 0;
	#at: number;

	/** @param now Milliseconds of a monotonic clock. */
	constructor(now: number) {
		this.#at = now;
	}

	/** Since the start. */
	get seconds(): number {
		return this.#totalMs / 1000;
	}

	/** Messages have taken so long. */
	add(ms: number, now: number): void {
		this.#fade(now);
		this.#totalMs += ms;
		this.#recentMs += ms;
	}

	/** Share of its time lately, from 0 to 1; what was longer ago counts less. */
	share(now: number): number {
		this.#fade(now);
		return Math.min(1, this.#recentMs / LATELY_MS);
	}

	#fade(now: number): void {
		this.#recentMs *= Math.exp((this.#at - now) / LATELY_MS);
		this.#at = now;
	}
}
