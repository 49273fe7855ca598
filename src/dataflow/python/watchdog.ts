import { openSync } from "node:fs";
import { MOST_WAITING, processorWaitIn, scheduleFile } from "./processor-wait.ts";

/**
 * The worker's whole program. While calls come it looks up now and then; only after a while without any
 * does it sleep until it is woken, because waking it costs more than a short call takes. An overdue call
 * is interrupted each 10 ms; what it waited for a processor meanwhile is added to its time before. A call's time counts
 * from when the worker sees it: no monotonic clock of this runtime is the same in two threads.
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
onmessage = ({ data: { state, before, interrupt, limitMs, lookMs, file, mostMs } }) => {
	postMessage("watching");
	for (let seen = -1, since = 0; ; ) {
		const calls = Atomics.load(state, 0);
		if ((calls & 1) === 1) {
			if (calls !== seen) since = performance.now();
			let left = limitMs - (performance.now() - since);
			if (left <= 0) left += Math.min(waited(file) - before[0], mostMs);
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

/** How often the worker looks up: a call is seen, and found overdue, this much late at most. */
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
	/** [0] what this thread had waited for a processor when the running call began, or shortly before. */
	readonly #before = new Float64Array(new SharedArrayBuffer(8));
	readonly #limitMs: number;
	/** Where the kernel says what this thread waited; it stays open, because the sandbox opens nothing. */
	readonly #file: number | undefined;
	readonly #buffer = Buffer.alloc(64);
	#sampledAt = Number.NEGATIVE_INFINITY;

	/**
	 * @param limitMs Time a call may take; what it waits for a processor does not count, up to three times as much.
	 * @param path Of what the kernel says about this thread.
	 */
	constructor(limitMs: number, path: string = scheduleFile("self")) {
		this.#limitMs = limitMs;
		// The count becomes negative on a busy day; each engine meets that at once.
		this.#state[0] = 2 ** 31 - 4;
		this.#file = opened(path);
	}

	/** Resolves when it watches: from then on this thread need not run an event loop. */
	async start(): Promise<void> {
		const worker = new Worker(URL.createObjectURL(new Blob([WORKER])), { ref: false, smol: true });
		const { interrupt } = this;
		const limitMs = this.#limitMs;
		const mostMs = (MOST_WAITING - 1) * limitMs;
		const lookMs = Math.min(LOOK_MS, limitMs);
		const { promise, resolve } = Promise.withResolvers<void>();
		worker.onmessage = () => resolve();
		const [state, before, file] = [this.#state, this.#before, this.#file];
		worker.postMessage({ state, before, interrupt, limitMs, lookMs, file, mostMs });
		await promise;
	}

	/** Runs a call under watch. */
	watch<T>(call: () => T): T {
		const now = performance.now();
		if (now - this.#sampledAt >= SAMPLE_MS) this.#sample(now);
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
		if (this.#file !== undefined) this.#before[0] = processorWaitIn(this.#file, this.#buffer);
	}
}

function opened(path: string): number | undefined {
	try {
		return openSync(path, "r");
	} catch {
		return undefined;
	}
}
