import type { Clock } from "../kit/mod.ts";

/** So many of a hundred that there is room for are let in before it is counted again. */
const UNCOUNTED = 1 / 100;
/** A count is good for so long: other nodes let some in as well. */
const GOOD_MS = 10_000;

/**
 * Room for more of what all nodes of a cluster have together, of which there is a greatest number. Counting takes longer the more there
 * are, so a node lets a hundredth of the room in without it; where there is little room left it counts each time.
 */
export class SharedRoom {
	readonly #clock: Pick<Clock, "now">;
	#uncounted = 0;
	#goodUntil = Number.NEGATIVE_INFINITY;
	#max = 0;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
	}

	/**
	 * Whether there is room for one more.
	 * @param max How many there may be.
	 * @param count How many there are, with those of the unit of work that this is in.
	 */
	async isThere(max: number, count: () => Promise<number>): Promise<boolean> {
		const isGood = this.#max === max && this.#clock.now() < this.#goodUntil;
		if (isGood && this.#uncounted > 0) {
			this.#uncounted -= 1;
			return true;
		}
		const room = max - (await count());
		this.#max = max;
		this.#uncounted = Math.floor(room * UNCOUNTED);
		this.#goodUntil = this.#clock.now() + GOOD_MS;
		return room > 0;
	}
}
