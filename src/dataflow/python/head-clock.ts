import type { Cancel, Clock } from "../../kit/mod.ts";
import { MOST_WAITING } from "./processor-wait.ts";

export interface HeadClockOptions {
	/** Time the request at the head may take, as it is now. */
	readonly limitMs: () => number;
	/** Looks at least this often: the head may change to a request with a shorter limit. */
	readonly lookMs: number;
	/** Whether there is no request. */
	readonly isIdle: () => boolean;
	/** How long the engine has waited for a processor since it was started. */
	readonly waitedMs: () => number;
	readonly onLate: () => void;
}

/**
 * Watches the time an engine takes for the request it works on. What it waits for a processor does not count, but
 * after three times the limit it is late anyway.
 */
export class HeadClock {
	readonly #clock: Clock;
	readonly #options: HeadClockOptions;
	#since = 0;
	/** Whether the request came to the head after the last look. */
	#isNew = false;
	/** What the engine had waited at the last look, and when that request began, or shortly before. */
	#seenWaitMs = 0;
	#baseWaitMs = 0;
	#dueAt = 0;
	#cancel: Cancel | undefined;

	constructor(clock: Clock, options: HeadClockOptions) {
		this.#clock = clock;
		this.#options = options;
	}

	/** The engine begins with a request, or has given a sign of life. */
	restart(): void {
		this.#since = this.#clock.now();
		this.#isNew = true;
	}

	/** Watches until there is no request. */
	watch(): void {
		if (this.#cancel !== undefined) return;
		this.#seenWaitMs = this.#options.waitedMs();
		this.#isNew = true;
		this.#plan(this.#options.lookMs);
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
		const limit = limitMs();
		const waited = Math.min(this.#waitedMs(), (MOST_WAITING - 1) * limit);
		const left = limit + waited - (this.#clock.now() - this.#since);
		if (left <= 0) onLate();
		else this.#plan(Math.min(left, lookMs));
	}

	/** Since the request came to the head. The kernel is asked at each look only: asking costs more than a short call. */
	#waitedMs(): number {
		if (this.#isNew) this.#baseWaitMs = this.#seenWaitMs;
		this.#isNew = false;
		this.#seenWaitMs = this.#options.waitedMs();
		return this.#seenWaitMs - this.#baseWaitMs;
	}
}
