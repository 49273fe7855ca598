import type { Logger } from "./log.ts";

const WINDOW_MS = 1000;

/**
 * Lets through at most so many warnings a second and then says how many there were more: whoever
 * misbehaves by the thousand must not fill the disk with lines about it.
 */
export class LimitedWarnings {
	readonly #log: Logger;
	readonly #perSecond: number;
	#written = 0;
	#leftOut = 0;
	#window: Timer | undefined;

	constructor(log: Logger, perSecond: number) {
		this.#log = log;
		this.#perSecond = perSecond;
	}

	warn(message: string, fields: Record<string, unknown>): void {
		this.#window ??= setTimeout(() => this.#endWindow(), WINDOW_MS);
		if (this.#written >= this.#perSecond) {
			this.#leftOut += 1;
			return;
		}
		this.#written += 1;
		this.#log.warn(message, fields);
	}

	/** Says what is still to be said. */
	stop(): void {
		clearTimeout(this.#window);
		this.#endWindow();
	}

	#endWindow(): void {
		if (this.#leftOut > 0) {
			this.#log.warn("more warnings of this kind were left out", { times: this.#leftOut });
		}
		this.#written = 0;
		this.#leftOut = 0;
		this.#window = undefined;
	}
}
