import { type Cancel, type Clock, growingPauseMs } from "../../kit/mod.ts";

/** After this time CSM may say otherwise to what it refused for want of room; it grows while it does not. */
const PAUSES = { firstMs: 30_000, longestMs: 300_000 };

/** Asks again for what was refused, less and less often. */
export class RefusedPause {
	readonly #clock: Clock;
	readonly #askAgain: () => void;
	#cancel: Cancel | undefined;
	/** The next question, from 1. */
	#question = 1;

	constructor(clock: Clock, askAgain: () => void) {
		this.#clock = clock;
		this.#askAgain = askAgain;
	}

	/** Plans the next question, unless one is planned. */
	plan(): void {
		this.#cancel ??= this.#clock.after(growingPauseMs(this.#question, PAUSES), () => {
			this.#cancel = undefined;
			this.#question += 1;
			this.#askAgain();
		});
	}

	/** Nothing is refused any more. */
	reset(): void {
		this.#question = 1;
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
