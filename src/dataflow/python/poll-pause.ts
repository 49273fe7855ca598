/** A step of polling takes about a microsecond: so long means that others wanted the processor. */
const PREEMPTED_NS = 300_000;
const FIRST_PAUSE_NS = 10e6;
const LONGEST_PAUSE_NS = 1e9;
/** So many polls in a row without losing the processor, and the next pause is the first again. */
const CALM_POLLS = 200;

/** Keeps from polling beside others that want the processor: they would wait for it, and what is polled for as well. */
export class PollPause {
	#until = 0;
	#next = FIRST_PAUSE_NS;
	#calm = 0;

	/** @param now Nanoseconds of the monotonic clock. */
	isOver(now: number): boolean {
		return now >= this.#until;
	}

	/**
	 * Takes how long one step of a poll took.
	 * @returns whether the processor was lost meanwhile, so that polling pauses from now on.
	 */
	step(before: number, now: number): boolean {
		if (now - before < PREEMPTED_NS) return false;
		this.#until = now + this.#next;
		this.#next = Math.min(this.#next * 2, LONGEST_PAUSE_NS);
		this.#calm = 0;
		return true;
	}

	/** A poll came to its end without losing the processor. */
	ended(): void {
		this.#calm += 1;
		if (this.#calm >= CALM_POLLS) this.#next = FIRST_PAUSE_NS;
	}
}
