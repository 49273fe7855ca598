/** Numbers that look random and are the same each time: a failing case can be looked at again. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0 || 1;
	}

	/** An integer from 0 to one less than the limit. */
	below(limit: number): number {
		// Marsaglia's xorshift.
		this.#state ^= this.#state << 13;
		this.#state >>>= 0;
		this.#state ^= this.#state >>> 17;
		this.#state ^= this.#state << 5;
		this.#state >>>= 0;
		return this.#state % limit;
	}

	chance(percent: number): boolean {
		return this.below(100) < percent;
	}

	pick<T>(items: readonly T[]): T | undefined {
		return items.length === 0 ? undefined : items[this.below(items.length)];
	}

	shuffled<T>(items: readonly T[]): T[] {
		return items
			.map((item): [number, T] => [this.below(1 << 30), item])
			.sort(([a], [b]) => a - b)
			.map(([, item]) => item);
	}
}
