/** The worker's whole program: sleeps until a call begins, interrupts it each 10 ms once it is overdue. */
const WORKER = `onmessage = ({ data: { state, deadline, interrupt } }) => {
	for (;;) {
		Atomics.wait(state, 0, 0);
		while (Atomics.load(state, 0) === 1) {
			const left = deadline[0] - Date.now();
			if (left <= 0) Atomics.store(interrupt, 0, 2);
			Atomics.wait(state, 1, 0, left <= 0 ? 10 : left);
		}
	}
};`;

/**
 * Interrupts Python calls that take too long, from a thread of its own: the engine's own thread is
 * the one that is stuck. Python notices between two bytecodes; for what never gets there (one long
 * call into C) the host kills the process.
 */
export class Watchdog {
	/** For pyodide's `setInterruptBuffer`: 2 means SIGINT. */
	readonly interrupt = new Uint8Array(new SharedArrayBuffer(1));
	/** [0]: 1 while a call runs; [1]: never changes, only waited on. */
	readonly #state = new Int32Array(new SharedArrayBuffer(8));
	/** Unix time in ms at which the running call is overdue. */
	readonly #deadline = new Float64Array(new SharedArrayBuffer(8));
	readonly #limitMs: number;

	/** @param limitMs Time a call may take. */
	constructor(limitMs: number) {
		this.#limitMs = limitMs;
	}

	start(): void {
		const worker = new Worker(URL.createObjectURL(new Blob([WORKER])), { ref: false });
		const { interrupt } = this;
		worker.postMessage({ state: this.#state, deadline: this.#deadline, interrupt });
	}

	/** Runs a call under watch. */
	watch<T>(call: () => T): T {
		this.#deadline[0] = Date.now() + this.#limitMs;
		Atomics.store(this.#state, 0, 1);
		Atomics.notify(this.#state, 0);
		try {
			return call();
		} finally {
			Atomics.store(this.#state, 0, 0);
			Atomics.store(this.interrupt, 0, 0);
		}
	}
}
