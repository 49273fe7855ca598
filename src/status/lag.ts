import type { Cancel, Clock } from "../kit/mod.ts";

const EVERY_MS = 500;

/** How late the event loop is with what is due: how long everything waits while something keeps it busy. */
export class Lag {
	readonly #clock: Clock;
	#seconds = 0;
	#cancel: Cancel | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	start(): void {
		const due = this.#clock.now() + EVERY_MS;
		this.#cancel = this.#clock.after(EVERY_MS, () => {
			this.#seconds = Math.max(0, this.#clock.now() - due) / 1000;
			this.start();
		});
	}

	stop(): void {
		this.#cancel?.();
	}

	/** Of the last timer. */
	get seconds(): number {
		return this.#seconds;
	}
}
