import type { Cancel, Clock } from "../kit/mod.ts";

const LONGEST_PAUSE_MS = 30_000;

/** Pause after so many failures in a row, from 1: 1, 2, 4 … 30 s. */
function retryPauseMs(failures: number): number {
	return Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (failures - 1));
}

/** Calls again after pauses that grow while it goes wrong. */
export class Retry {
	readonly #clock: Clock;
	readonly #call: () => void;
	#failures = 0;
	#cancel: Cancel | undefined;

	constructor(clock: Clock, call: () => void) {
		this.#clock = clock;
		this.#call = call;
	}

	/** It went wrong: plans the next call, unless one is planned. */
	failed(): void {
		if (this.#cancel !== undefined) return;
		this.#failures += 1;
		this.#cancel = this.#clock.after(retryPauseMs(this.#failures), () => {
			this.#cancel = undefined;
			this.#call();
		});
	}

	/** It went well, or is not wanted any more. */
	reset(): void {
		this.#failures = 0;
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
