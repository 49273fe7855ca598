/** What went through one link. */
export interface LinkStats {
	messages: number;
	/** JSON text of the newest message; kept only while a page shows it. */
	last: string | null;
}

/** The newest failure of a graph. */
export interface LastError {
	/** Unix time, seconds. */
	readonly at: number;
	readonly kind: string;
	readonly stage: "idf" | "join" | "odf" | null;
	readonly digest: string | null;
	readonly reason: string;
}

/** What went through one graph since this server drew it. */
export interface GraphStats {
	/** By link id, inputs and outputs. */
	readonly links: ReadonlyMap<number, LinkStats>;
	readonly dropped: number;
	readonly lastError: LastError | null;
}

/** What went through all graphs since the start, and what waits. */
export interface DataPathStats {
	readonly received: number;
	readonly published: number;
	/** By kind: a limit's name, `data` or `exception`. */
	readonly dropped: ReadonlyMap<string, number>;
	/** Messages that wait for functions. */
	readonly waiting: number;
	/** Messages the broker has not taken yet. */
	readonly publishing: number;
	readonly latency: LatencyStats;
	readonly engine: EngineStats;
}

export interface EngineStats {
	/** `off` until a graph needs it. */
	readonly state: "off" | "starting" | "ready";
	readonly pid: number | null;
	/** Messages and batches worked on. */
	readonly messages: number;
	readonly batches: number;
	/** Engines that were replaced. */
	readonly restarts: number;
	readonly functions: number;
}

export interface LatencyStats {
	/** Upper bounds of the buckets, seconds; the last bucket has none. */
	readonly bounds: readonly number[];
	/** Observations in each bucket alone. */
	readonly counts: readonly number[];
	/** Of all observations, seconds. */
	readonly sum: number;
}

/** Upper bounds in seconds: Python on an idle machine takes 0.1 ms, the default time limit is 2 s. */
const BOUNDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** From a message's arrival to the end of its functions; cheap enough to count every one. */
export class Latency {
	readonly #counts = new Array<number>(BOUNDS.length + 1).fill(0);
	#sum = 0;

	add(seconds: number): void {
		let bucket = 0;
		while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket += 1;
		this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
		this.#sum += seconds;
	}

	get stats(): LatencyStats {
		return { bounds: BOUNDS, counts: this.#counts, sum: this.#sum };
	}
}
