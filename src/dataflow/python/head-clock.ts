import type { Cancel, Clock } from "../../kit/mod.ts";

export interface HeadClockOptions {
	/** Time the request at the head may take, as it is now. */
	readonly limitMs: () => number;
	/** Looks at least this often: the head may change to a request with a shorter limit. */
	readonly lookMs: number;
	/** Whether there is no request. */
	readonly isIdle: () => boolean;
	readonly onLate: () => void;
}

/** Watches the time an engine takes for the request it works on. */
export class HeadClock {
	readonly #clock: Clock;
	readonly #options: HeadClockOptions;
	#since = 0;
	#dueAt = 0;
	#cancel: Cancel | undefined;

	constructor(clock: Clock, options: HeadClockOptions) {
		this.#clock = clock;
		this.#options = options;
	}

	/** The engine begins with a request, or has given a sign of life. */
	restart(): void {
		this.#since = this.#clock.now();
	}

	/** Watches until there is no request. */
	watch(): void {
		if (this.#cancel === undefined) this.#plan(this.#options.lookMs);
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#plan(ms: number): void {
		this.#dueAt = this.#clock.now() + ms;
		this.#cancel = this.#clock.after(ms, () => this.#look());
	}

	#look(): void {
		this.#cancel = undefined;
		const { isIdle, limitMs, lookMs, onLate } = this.#options;
		if (isIdle()) return;
		// When this process itself was held up, there may be answers that have not been read yet.
		this.#since += Math.max(0, this.#clock.now() - this.#dueAt);
		const left = limitMs() - (this.#clock.now() - this.#since);
		if (left <= 0) onLate();
		else this.#plan(Math.min(left, lookMs));
	}
}
