import { type Cancel, type Clock, growingPauseMs } from "../kit/mod.ts";

const PAUSES = { firstMs: 1000, longestMs: 30_000 };

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
		this.#cancel = this.#clock.after(growingPauseMs(this.#failures, PAUSES), () => {
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
