import { growingPauseMs, type Logger } from "../../kit/mod.ts";

/** Between starts that fail. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

/** Engines that could not be started, one after the other. */
export class StartTrouble {
	readonly #log: Logger;
	#failures = 0;
	#problem: string | undefined;

	constructor(log: Logger) {
		this.#log = log;
	}

	/** Why the last start failed; undefined when it did not. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/** A start failed. @returns the problem in words, and the milliseconds to wait before the next try. */
	failed(reason: string): { problem: string; pauseMs: number } {
		this.#failures += 1;
		const pauseMs = growingPauseMs(this.#failures, PAUSES);
		const problem = `the function engine cannot start: ${reason}`;
		// Said once, not at every attempt: it may last for days.
		if (problem !== this.#problem) this.#log.error("function engine cannot start", { reason });
		this.#problem = problem;
		return { problem, pauseMs };
	}

	/** An engine has started. */
	over(): void {
		this.#failures = 0;
		this.#problem = undefined;
	}
}
