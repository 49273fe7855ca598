import type { Database } from "bun:sqlite";

interface Job {
	readonly work: () => unknown;
	readonly committed: (value: unknown) => void;
	readonly resolve: (value: unknown) => void;
	readonly reject: (reason: unknown) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; reason: unknown };

/**
 * Runs write jobs in arrival order and commits all that wait at the same time together,
 * so that many requests share one flush to the disk. A job's promise settles only after
 * the commit: what was answered is on the disk. A failing job undoes only itself.
 */
export class CommitQueue {
	readonly #sqlite: Database;
	#jobs: Job[] = [];

	constructor(sqlite: Database) {
		this.#sqlite = sqlite;
	}

	/**
	 * @param work Reads and writes the database, synchronously; it sees what earlier jobs wrote.
	 * @param committed Called right after the commit, in the order of the jobs: the place to change
	 * what is kept in memory, so that it never disagrees with the database about who came first.
	 * @returns what `work` returned, once it is durable.
	 * @throws what `work` threw, or the error of the commit itself; then nothing was changed.
	 */
	run<T>(work: () => T, committed: (value: T) => void = () => {}): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			this.#jobs.push({
				work,
				committed: committed as (value: unknown) => void,
				resolve: resolve as (value: unknown) => void,
				reject,
			});
			if (this.#jobs.length === 1) setImmediate(() => this.flush());
		});
	}

	/** Runs and commits all jobs that wait, now. */
	flush(): void {
		const jobs = this.#jobs;
		if (jobs.length === 0) return;
		this.#jobs = [];
		let outcomes: Outcome[];
		try {
			this.#sqlite.run("BEGIN IMMEDIATE");
			outcomes = jobs.map((job) => this.#attempt(job.work));
			this.#sqlite.run("COMMIT");
		} catch (error) {
			if (this.#sqlite.inTransaction) this.#sqlite.run("ROLLBACK");
			for (const job of jobs) job.reject(error);
			return;
		}
		for (const [index, job] of jobs.entries()) {
			const outcome = outcomes[index];
			if (outcome?.ok) settle(job, outcome.value);
			else job.reject(outcome?.reason);
		}
	}

	#attempt(work: () => unknown): Outcome {
		this.#sqlite.run("SAVEPOINT job");
		try {
			const value = work();
			this.#sqlite.run("RELEASE job");
			return { ok: true, value };
		} catch (reason) {
			// A full disk makes SQLite end the transaction by itself: then all jobs fail together.
			if (!this.#sqlite.inTransaction) throw reason;
			this.#sqlite.run("ROLLBACK TO job");
			this.#sqlite.run("RELEASE job");
			return { ok: false, reason };
		}
	}
}

function settle(job: Job, value: unknown): void {
	try {
		job.committed(value);
		job.resolve(value);
	} catch (error) {
		job.reject(error);
	}
}
