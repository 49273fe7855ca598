import type { PhoneClock } from "../phone-clock.ts";

/** How a request ended. */
export interface Reply {
	/** HTTP status; 0: the server could not be reached. */
	readonly status: number;
	/** How long the server asks to wait, seconds. */
	readonly retryAfterS?: number | undefined;
}

export interface UpQueueDeps {
	/** Sends lines of JSON, `["<feature>", <value>]` each. Never rejects. */
	send(lines: string): Promise<Reply>;
	readonly clock: PhoneClock;
	/** Values are refused for good: 401, 403, 404 or 410. */
	onRefused(status: number): void;
	/** Whether values are sent less often than could be. */
	onPace(isSlow: boolean): void;
}

/** A little under the 20 requests per second that the server takes. */
const FASTEST_MS = 55;
/** The pace after the first failure. */
const SLOW_MS = 200;
const SLOWEST_MS = 10_000;
/** Requests that have to go well until it is faster again. */
const GOOD_RUN = 10;
/** Steps of one feature that wait at most. */
const MAX_STEPS = 16;
const OVER = [401, 403, 404, 410];

/** Sends values of features: one request at a time, as often as the server and the network bear, the newest values only. */
export class UpQueue {
	readonly #deps: UpQueueDeps;
	/** By feature: the newest value. */
	readonly #levels = new Map<string, unknown>();
	/** By feature: values of which each counts, as of a button that is pressed and let go. */
	readonly #steps = new Map<string, unknown[]>();
	#isOpen = false;
	#isBusy = false;
	#intervalMs = FASTEST_MS;
	#nextAt = 0;
	#goodRun = 0;
	#stopWaiting: (() => void) | undefined;

	constructor(deps: UpQueueDeps) {
		this.#deps = deps;
	}

	/** A value that replaces one that has not been sent. */
	put(feature: string, value: unknown): void {
		this.#levels.set(feature, value);
		this.#go();
	}

	/** A value that is sent however soon the next one comes. */
	step(feature: string, value: unknown): void {
		const steps = this.#steps.get(feature) ?? [];
		steps.push(value);
		this.#steps.set(feature, steps.slice(-MAX_STEPS));
		this.#go();
	}

	/** Sends again what it is given. */
	open(): void {
		this.#isOpen = true;
		this.#go();
	}

	/** Sends nothing, and forgets what would be old news later: steps but the last of each feature. */
	close(): void {
		this.#isOpen = false;
		this.#stopWaiting?.();
		this.#stopWaiting = undefined;
		this.#forgetSteps();
	}

	#go(): void {
		if (!this.#isOpen || this.#isBusy || this.#stopWaiting !== undefined) return;
		if (this.#levels.size === 0 && this.#steps.size === 0) return;
		const waitMs = this.#nextAt - this.#deps.clock.now();
		if (waitMs <= 0) {
			void this.#send();
			return;
		}
		this.#stopWaiting = this.#deps.clock.after(waitMs, () => {
			this.#stopWaiting = undefined;
			this.#go();
		});
	}

	async #send(): Promise<void> {
		const values = new Map(this.#levels);
		this.#levels.clear();
		for (const [feature, [first, ...rest]] of this.#steps) {
			values.set(feature, first);
			if (rest.length === 0) this.#steps.delete(feature);
			else this.#steps.set(feature, rest);
		}
		const lines = [...values].map((line) => JSON.stringify(line)).join("\n");
		this.#isBusy = true;
		const startedAt = this.#deps.clock.now();
		const reply = await this.#deps.send(lines);
		this.#isBusy = false;
		this.#learn(reply, startedAt);
		if (isTrouble(reply.status)) this.#putBack(values);
		if (OVER.includes(reply.status)) {
			this.close();
			this.#deps.onRefused(reply.status);
		}
		this.#go();
	}

	/** Sets the pace by how a request went. */
	#learn({ status, retryAfterS = 0 }: Reply, startedAt: number): void {
		const before = this.#intervalMs;
		if (isTrouble(status)) {
			this.#goodRun = 0;
			this.#intervalMs = Math.min(Math.max(SLOW_MS, before * 2), SLOWEST_MS);
		} else if (before > FASTEST_MS && ++this.#goodRun >= GOOD_RUN) {
			this.#goodRun = 0;
			this.#intervalMs = Math.max(FASTEST_MS, before / 2);
		}
		const pauseMs = Math.max(this.#intervalMs, isTrouble(status) ? retryAfterS * 1000 : 0);
		this.#nextAt = startedAt + pauseMs;
		if (before > FASTEST_MS !== this.#intervalMs > FASTEST_MS) {
			this.#deps.onPace(this.#intervalMs > FASTEST_MS);
		}
	}

	/** Values that did not arrive are sent again, unless there are newer ones. */
	#putBack(values: ReadonlyMap<string, unknown>): void {
		this.#forgetSteps();
		for (const [feature, value] of values) {
			if (!this.#levels.has(feature)) this.#levels.set(feature, value);
		}
	}

	#forgetSteps(): void {
		for (const [feature, steps] of this.#steps) this.#levels.set(feature, steps[steps.length - 1]);
		this.#steps.clear();
	}
}

function isTrouble(status: number): boolean {
	return status === 0 || status === 408 || status === 429 || status >= 500;
}
