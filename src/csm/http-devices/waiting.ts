/** Requests of one device that wait for something new; more than this, and the longest waiting one is answered. */
const MAX_WAITING = 4;

/** Those that wait until something happens, or for as long as they wanted to. */
export class Waiting {
	readonly #wakes = new Set<() => void>();

	/** Resolves at the next {@link wake}, or after so many milliseconds. */
	async wait(ms: number): Promise<void> {
		const [longest] = this.#wakes;
		if (this.#wakes.size >= MAX_WAITING) longest?.();
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, ms);
		const wake = () => {
			this.#wakes.delete(wake);
			resolve();
		};
		this.#wakes.add(wake);
		await promise;
		clearTimeout(timer);
		this.#wakes.delete(wake);
	}

	/** Something happened. */
	wake(): void {
		for (const wake of [...this.#wakes]) wake();
	}
}
