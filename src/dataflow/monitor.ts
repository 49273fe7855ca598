import { type Cancel, type Clock, systemClock } from "../kit/mod.ts";

/** Messages of one kind that a monitor gets follow each other at least so far apart. */
const LEAST_INTERVAL_MS = 20;

/** Makes a message when it is due; null when there is none any more. */
export type Make = () => string | null | Promise<string | null>;

/**
 * Sends at most one message per interval. What comes faster is left out, except for the newest, which is made and sent
 * when the interval is over: a watcher always ends up with the present state.
 */
export class Throttle {
	readonly #send: (message: string) => void;
	readonly #clock: Clock;
	#intervalMs = LEAST_INTERVAL_MS;
	#latest: Make | undefined;
	#lastMs = -Infinity;
	#cancel: Cancel | undefined;
	#isStopped = false;

	constructor(send: (message: string) => void, clock: Clock) {
		this.#send = send;
		this.#clock = clock;
	}

	/** Between two messages, but not less than 20 ms; counts for what waits already. */
	set intervalMs(ms: number) {
		this.#intervalMs = Math.max(LEAST_INTERVAL_MS, ms);
		if (this.#cancel === undefined) return;
		this.#cancel();
		this.#plan();
	}

	offer(make: Make): void {
		if (this.#isStopped) return;
		this.#latest = make;
		if (this.#cancel === undefined) this.#sendOrPlan();
	}

	/** Forgets what waits, and sends nothing more. */
	stop(): void {
		this.#isStopped = true;
		this.#cancel?.();
		this.#cancel = undefined;
		this.#latest = undefined;
	}

	get #leftMs(): number {
		return this.#lastMs + this.#intervalMs - this.#clock.now();
	}

	#plan(): void {
		this.#cancel = this.#clock.after(Math.max(0, this.#leftMs), () => {
			this.#cancel = undefined;
			this.#sendOrPlan();
		});
	}

	/** A timer may fire a little early. */
	#sendOrPlan(): void {
		if (this.#leftMs > 0) {
			this.#plan();
			return;
		}
		const made = this.#latest?.() ?? null;
		this.#latest = undefined;
		this.#lastMs = this.#clock.now();
		if (made instanceof Promise) void made.then((message) => this.#deliver(message));
		else this.#deliver(made);
	}

	#deliver(message: string | null): void {
		if (message !== null && !this.#isStopped) this.#send(message);
	}
}

/** A failure as the monitor shows it. */
export interface MonitoredError {
	readonly stage: "idf" | "join" | "odf" | null;
	/** Source of the function that failed; null when no function is to blame. */
	readonly src: string | null;
	readonly reason: string;
}

/** Watches one graph for the GUI: data records and failures on the graph's topic (`csm.md §6`). */
export class Monitor {
	readonly #data: Throttle;
	readonly #errors: Throttle;

	/** @param publish Publishes a message on the graph's monitor topic. */
	constructor(publish: (message: string) => void, clock: Clock = systemClock) {
		this.#data = new Throttle((record) => publish(`{"op":"monitor_info","data":${record}}`), clock);
		this.#errors = new Throttle(publish, clock);
	}

	/** Sets the least time between two data records (`csm.md §4.9`). */
	setInterval(ms: number): void {
		this.#data.intervalMs = ms;
	}

	/** A run has a data record. @param make Gives its JSON text, or null when a newer run has taken its place. */
	data(make: Make): void {
		this.#data.offer(make);
	}

	error({ stage, src, reason }: MonitoredError): void {
		const msg = stage === null ? reason : `${stage} function failure:\n${reason}`;
		this.#errors.offer(() => JSON.stringify({ op: "esm_error", data: { msg, src } }));
	}

	stop(): void {
		this.#data.stop();
		this.#errors.stop();
	}
}
