/** Messages of one kind a monitor gets per second at most; the newest one is never lost. */
const PER_SECOND = 50;
const INTERVAL_MS = 1000 / PER_SECOND;

/**
 * Sends at most {@link PER_SECOND} messages per second. What comes faster is left out, except for
 * the newest, which follows when its time has come: a watcher always ends up with the present state.
 */
export class Throttle {
	readonly #send: (message: string) => void;
	#latest: string | undefined;
	#timer: Timer | undefined;

	constructor(send: (message: string) => void) {
		this.#send = send;
	}

	offer(message: string): void {
		if (this.#timer !== undefined) {
			this.#latest = message;
			return;
		}
		this.#send(message);
		this.#timer = setTimeout(() => this.#next(), INTERVAL_MS);
	}

	/** Forgets what waits. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#latest = undefined;
	}

	#next(): void {
		this.#timer = undefined;
		const latest = this.#latest;
		this.#latest = undefined;
		if (latest !== undefined) this.offer(latest);
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
	constructor(publish: (message: string) => void) {
		this.#data = new Throttle(publish);
		this.#errors = new Throttle(publish);
	}

	/** @param record JSON text of the data record. */
	data(record: string): void {
		this.#data.offer(`{"op":"monitor_info","data":${record}}`);
	}

	error({ stage, src, reason }: MonitoredError): void {
		const msg = stage === null ? reason : `${stage} function failure:\n${reason}`;
		this.#errors.offer(JSON.stringify({ op: "esm_error", data: { msg, src } }));
	}

	stop(): void {
		this.#data.stop();
		this.#errors.stop();
	}
}
