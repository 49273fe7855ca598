export interface BucketRules {
	/** So many at once. */
	readonly burst: number;
	/** So many in the long run. */
	readonly perSecond: number;
}

/** Bounds how often something may happen: so many times at once, and so many more each second, evenly. */
export class TokenBucket {
	readonly #now: () => number;
	/** Undefined: as many as may be at once. */
	#left: number | undefined;
	#at: number;

	/** @param now Monotonic milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
		this.#at = now();
	}

	/** When it was last asked, monotonic milliseconds. */
	get at(): number {
		return this.#at;
	}

	/**
	 * Whether it may happen now; then it counts.
	 * @param rules Given each time: a reload of the configuration may change them.
	 * @param cost As how many it counts.
	 * @returns 0, or the seconds until it may.
	 */
	take({ burst, perSecond }: BucketRules, cost = 1): number {
		const now = this.#now();
		const before = this.#left ?? burst;
		const left = Math.min(burst, before + ((now - this.#at) / 1000) * perSecond);
		this.#at = now;
		const isEnough = left >= cost;
		this.#left = isEnough ? left - cost : left;
		return isEnough ? 0 : (cost - left) / perSecond;
	}
}
