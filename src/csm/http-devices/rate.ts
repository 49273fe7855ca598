/** Bounds how often something may happen: so many times at once, and so many more each second. */
export class Rate {
	readonly #perSecond: () => number;
	readonly #now: () => number;
	#left: number;
	#at: number;

	/**
	 * @param perSecond Read each time: a reload of the configuration may change it.
	 * @param now Monotonic milliseconds.
	 */
	constructor(perSecond: () => number, now: () => number) {
		this.#perSecond = perSecond;
		this.#now = now;
		this.#left = perSecond();
		this.#at = now();
	}

	/** Whether it may happen now; then it counts. */
	take(): boolean {
		const now = this.#now();
		const most = this.#perSecond();
		this.#left = Math.min(most, this.#left + ((now - this.#at) / 1000) * most);
		this.#at = now;
		if (this.#left < 1) return false;
		this.#left -= 1;
		return true;
	}
}
