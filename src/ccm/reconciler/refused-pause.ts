import type { Cancel, Clock } from "../../kit/mod.ts";

/** After this time CSM may say otherwise to what it refused for want of room; it grows while it does not. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

/** Asks again for what was refused, less and less often. */
export class RefusedPause {
	readonly #clock: Clock;
	readonly #askAgain: () => void;
	#cancel: Cancel | undefined;
	#pauseMs = FIRST_PAUSE_MS;

	constructor(clock: Clock, askAgain: () => void) {
		this.#clock = clock;
		this.#askAgain = askAgain;
	}

	/** Plans the next question, unless one is planned. */
	plan(): void {
		this.#cancel ??= this.#clock.after(this.#pauseMs, () => {
			this.#cancel = undefined;
			this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
			this.#askAgain();
		});
	}

	/** Nothing is refused any more. */
	reset(): void {
		this.#pauseMs = FIRST_PAUSE_MS;
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
