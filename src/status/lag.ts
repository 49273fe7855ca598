const EVERY_MS = 500;

/** How late the event loop is with what is due: what everybody waits for when something hogs it. */
export class Lag {
	#seconds = 0;
	#due = 0;
	#timer: Timer | undefined;

	start(): void {
		this.#due = performance.now() + EVERY_MS;
		this.#timer = setInterval(() => {
			this.#seconds = Math.max(0, performance.now() - this.#due) / 1000;
			this.#due = performance.now() + EVERY_MS;
		}, EVERY_MS);
		this.#timer.unref();
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Of the last timer. */
	get seconds(): number {
		return this.#seconds;
	}
}
