/** Runs asynchronous work one at a time per key, in order of arrival; different keys run side by side. */
export class KeyedQueue {
	readonly #tails = new Map<string, Promise<unknown>>();

	/** Runs `work` after all earlier work of the same key, whether that succeeded or not. */
	run<T>(key: string, work: () => Promise<T>): Promise<T> {
		const before = this.#tails.get(key);
		const result = before === undefined ? work() : before.then(work, work);
		const tail = result
			.catch(() => {})
			.then(() => {
				if (this.#tails.get(key) === tail) this.#tails.delete(key);
			});
		this.#tails.set(key, tail);
		return result;
	}

	/** Resolves when everything that was queued has run. */
	async idle(): Promise<void> {
		while (this.#tails.size > 0) await Promise.all(this.#tails.values());
	}
}
