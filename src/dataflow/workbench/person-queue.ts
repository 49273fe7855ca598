/** Why a job is not taken on. */
export type Refusal = "person" | "all";

export interface PersonQueueLimits {
	/** Jobs of one person that may wait or run. */
	readonly perPerson: number;
	/** Jobs of all people that may wait. */
	readonly total: number;
}

interface Job {
	readonly who: string;
	run(): Promise<void>;
}

/** Jobs that run one at a time: people take turns, however many jobs each of them has. */
export class PersonQueue {
	readonly #limits: PersonQueueLimits;
	/** Person → jobs that wait; whose turn is next comes first. */
	readonly #lines = new Map<string, Job[]>();
	#urgent: Job[] = [];
	#waiting = 0;
	#current: string | undefined;

	constructor(limits: PersonQueueLimits) {
		this.#limits = limits;
	}

	/** Jobs that wait. */
	get waiting(): number {
		return this.#waiting;
	}

	/** Whether no job runs or waits. */
	get isIdle(): boolean {
		return this.#current === undefined && this.#waiting === 0 && this.#urgent.length === 0;
	}

	/** Runs a job when its turn comes, and gives its result; or says at once why it is not taken on. */
	add<T>(who: string, work: () => Promise<T>): Promise<T> | Refusal {
		const line = this.#lines.get(who) ?? [];
		const own = line.length + (this.#current === who ? 1 : 0);
		if (own >= this.#limits.perPerson) return "person";
		if (this.#waiting >= this.#limits.total) return "all";
		const { promise, resolve, reject } = Promise.withResolvers<T>();
		line.push({ who, run: () => work().then(resolve, reject) });
		this.#lines.set(who, line);
		this.#waiting += 1;
		if (this.#current === undefined) void this.#run();
		return promise;
	}

	/** Runs a job before all that wait, but behind those that came this way before. */
	addUrgent<T>(work: () => Promise<T>): Promise<T> | Refusal {
		if (this.#urgent.length >= this.#limits.total) return "all";
		const { promise, resolve, reject } = Promise.withResolvers<T>();
		this.#urgent.push({ who: "", run: () => work().then(resolve, reject) });
		if (this.#current === undefined) void this.#run();
		return promise;
	}

	async #run(): Promise<void> {
		for (let job = this.#next(); job !== undefined; job = this.#next()) {
			this.#current = job.who;
			await job.run();
		}
		this.#current = undefined;
	}

	#next(): Job | undefined {
		const urgent = this.#urgent.shift();
		if (urgent !== undefined) return urgent;
		const [first] = this.#lines;
		if (first === undefined) return undefined;
		const [who, line] = first;
		this.#lines.delete(who);
		const job = line.shift();
		if (line.length > 0) this.#lines.set(who, line);
		this.#waiting -= 1;
		return job;
	}
}
