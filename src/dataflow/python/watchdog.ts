/**
 * The worker's whole program. While calls come it looks up now and then; only after a while without any
 * does it sleep until it is woken, because waking it costs more than a short call takes. An overdue call
 * is interrupted each 10 ms.
 * state: [0] number of calls begun and ended, odd while one runs; [1] 1 while it sleeps; [2] never changes.
 */
const WORKER = `onmessage = ({ data: { state, deadline, interrupt, lookMs } }) => {
	postMessage("watching");
	for (let seen = -1; ; ) {
		const calls = Atomics.load(state, 0);
		if (calls % 2 === 1) {
			const left = deadline[0] - Date.now();
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

/**
 * Interrupts Python calls that take too long, from a thread of its own: the engine's own thread is
 * the one that is stuck. Python notices between two bytecodes; for what never gets there (one long
 * call into C) the host kills the process.
 */
export class Watchdog {
	/** For pyodide's `setInterruptBuffer`: 2 means SIGINT. */
	readonly interrupt = new Uint8Array(new SharedArrayBuffer(1));
	readonly #state = new Int32Array(new SharedArrayBuffer(12));
	/** Unix time in ms at which the running call is overdue. */
	readonly #deadline = new Float64Array(new SharedArrayBuffer(8));
	readonly #limitMs: number;

	/** @param limitMs Time a call may take. */
	constructor(limitMs: number) {
		this.#limitMs = limitMs;
	}

	/** Resolves when it watches: from then on this thread need not run an event loop. */
	async start(): Promise<void> {
		const worker = new Worker(URL.createObjectURL(new Blob([WORKER])), { ref: false, smol: true });
		const { interrupt } = this;
		const lookMs = Math.min(LOOK_MS, this.#limitMs);
		const { promise, resolve } = Promise.withResolvers<void>();
		worker.onmessage = () => resolve();
		worker.postMessage({ state: this.#state, deadline: this.#deadline, interrupt, lookMs });
		await promise;
	}

	/** Runs a call under watch. */
	watch<T>(call: () => T): T {
		this.#deadline[0] = Date.now() + this.#limitMs;
		Atomics.add(this.#state, 0, 1);
		if (Atomics.load(this.#state, 1) === 1) Atomics.notify(this.#state, 0);
		try {
			return call();
		} finally {
			Atomics.add(this.#state, 0, 1);
			Atomics.store(this.interrupt, 0, 0);
		}
	}
}
