import type { Clock } from "../../kit/mod.ts";

/**
 * The time servers with this database have run, over restarts. A machine's clock may be days off when it boots, and jump:
 * it ends nothing here. Time during which no server ran does not count.
 */
export class RunningClock {
	readonly #clock: Pick<Clock, "now">;
	#keptMs = 0;
	#since: number;

	/** @param clock Monotonic. */
	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
		this.#since = clock.now();
	}

	/** Goes on from where it was kept. */
	goOn(keptMs: number): void {
		this.#keptMs = keptMs;
		this.#since = this.#clock.now();
	}

	/** Whole milliseconds. */
	now(): number {
		return Math.round(this.#keptMs + this.#clock.now() - this.#since);
	}
}
