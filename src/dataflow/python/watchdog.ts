import { openSync } from "node:fs";
import { MOST_WAITING, processorWaitIn, scheduleFile } from "./processor-wait.ts";

/**
 * The worker's whole program. While calls come it looks up now and then; only after a while without any
 * does it sleep until it is woken, because waking it costs more than a short call takes. An overdue call
 * is interrupted each 10 ms; what it waited for a processor meanwhile is added to its time before.
 * Each thread counts performance.now() from a start of its own; the machine's monotonic clock tells the distance.
 * state: [0] number of calls begun and ended, odd while one runs; [1] 1 while it sleeps; [2] never changes.
 */
const WORKER = `import { readSync } from "node:fs";
const bytes = Buffer.alloc(64);
const waited = (file) => {
	try {
		return Number(bytes.latin1Slice(0, readSync(file, bytes, 0, 64, 0)).split(" ")[1]) / 1e6 || 0;
	} catch {
		return 0;
	}
};
const base = Number(process.hrtime.bigint()) / 1e6 - performance.now();
onmessage = ({ data: { state, times, interrupt, lookMs, file, mostMs } }) => {
	postMessage("watching");
	for (let seen = -1; ; ) {
		const calls = Atomics.load(state, 0);
		if (calls % 2 === 1) {
			let left = times[0] - base - performance.now();
			if (left <= 0) left += Math.min(waited(file) - times[1], mostMs);
			if (left <= 0 && Atomics.load(state, 0) === calls) Atomics.store(interrupt, 0, 2);
			Atomics.wait(state, 2, 0, left <= 0 ? 10 : Math.min(left, lookMs));
		} else if (calls !== seen) {
			Atomics.wait(state, 2, 0, lookMs);
		} else {
			Atomics.store(state, 1, 1);
			Atomics.wait(state, 0, calls);
			Atomics.store(state, 1, 0);
		}
		seen = calls;
	}
};`;

/** How often the worker looks up; an overdue call is noticed this much late at most. */
const LOOK_MS = 10;

/** How old what is known of the waiting may be when a call begins: asking the kernel costs more than a short call. */
const SAMPLE_MS = 100;

/**
 * Interrupts Python calls that take too long, from a thread of its own: the engine's own thread is
 * the one that is stuck. Python notices between two bytecodes; for what never gets there (one long
 * call into C) the host kills the process.
 */
export class Watchdog {
	/** For pyodide's `setInterruptBuffer`: 2 means SIGINT. */
	readonly interrupt = new Uint8Array(new SharedArrayBuffer(1));
	readonly #state = new Int32Array(new SharedArrayBuffer(12));
	/** [0] when the running call is overdue, in ms of the monotonic clock; [1] what this thread had waited when it began, or before. */
	readonly #times = new Float64Array(new SharedArrayBuffer(16));
	readonly #limitMs: number;
	/** Where the kernel says what this thread waited; it stays open, because the sandbox opens nothing. */
	readonly #file: number | undefined;
	readonly #buffer = Buffer.alloc(64);
	readonly #baseMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
	#sampledAt = Number.NEGATIVE_INFINITY;

	/**
	 * @param limitMs Time a call may take; what it waits for a processor does not count, up to three times as much.
	 * @param path Of what the kernel says about this thread.
	 */
	constructor(limitMs: number, path: string = scheduleFile("self")) {
		this.#limitMs = limitMs;
		this.#file = opened(path);
	}

	/** Resolves when it watches: from then on this thread need not run an event loop. */
	async start(): Promise<void> {
		const worker = new Worker(URL.createObjectURL(new Blob([WORKER])), { ref: false, smol: true });
		const { interrupt } = this;
		const mostMs = (MOST_WAITING - 1) * this.#limitMs;
		const lookMs = Math.min(LOOK_MS, this.#limitMs);
		const { promise, resolve } = Promise.withResolvers<void>();
		worker.onmessage = () => resolve();
		const [state, times, file] = [this.#state, this.#times, this.#file];
		worker.postMessage({ state, times, interrupt, lookMs, file, mostMs });
		await promise;
	}

	/** Runs a call under watch. */
	watch<T>(call: () => T): T {
		const now = performance.now();
		if (now - this.#sampledAt >= SAMPLE_MS) this.#sample(now);
		this.#times[0] = this.#baseMs + now + this.#limitMs;
		Atomics.add(this.#state, 0, 1);
		if (Atomics.load(this.#state, 1) === 1) Atomics.notify(this.#state, 0);
		try {
			return call();
		} finally {
			Atomics.add(this.#state, 0, 1);
			Atomics.store(this.interrupt, 0, 0);
		}
	}

	#sample(now: number): void {
		this.#sampledAt = now;
		if (this.#file !== undefined) this.#times[1] = processorWaitIn(this.#file, this.#buffer);
	}
}

function opened(path: string): number | undefined {
	try {
		return openSync(path, "r");
	} catch {
		return undefined;
	}
}
