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
	/** All engines together. */
	readonly engine: EngineStats;
	/** Each of them; the first has number 1. */
	readonly engines: readonly NumberedEngineStats[];
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
	/** Time it has worked on messages, seconds. */
	readonly busySeconds: number;
}

export interface NumberedEngineStats extends EngineStats {
	readonly number: number;
	/** Attached graphs that live in it. */
	readonly graphs: number;
}

/** Several engines as one: ready if one is, with the process id of the first that has one. */
export function enginesTogether(engines: readonly EngineStats[]): EngineStats {
	const sum = (read: (engine: EngineStats) => number) =>
		engines.reduce((all, engine) => all + read(engine), 0);
	const states = engines.map(({ state }) => state);
	return {
		state: (["ready", "starting"] as const).find((state) => states.includes(state)) ?? "off",
		pid: engines.find(({ pid }) => pid !== null)?.pid ?? null,
		messages: sum(({ messages }) => messages),
		batches: sum(({ batches }) => batches),
		restarts: sum(({ restarts }) => restarts),
		functions: sum(({ functions }) => functions),
		busySeconds: sum(({ busySeconds }) => busySeconds),
	};
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

/** What was observed in several places. */
export function latencyOfAll(places: readonly LatencyStats[]): LatencyStats {
	return {
		bounds: BOUNDS,
		counts: [...BOUNDS, Infinity].map((_, bucket) =>
			places.reduce((all, { counts }) => all + (counts[bucket] ?? 0), 0),
		),
		sum: places.reduce((all, { sum }) => all + sum, 0),
	};
}

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
