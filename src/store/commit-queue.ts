import type { Database } from "bun:sqlite";
import { codeOf, StorageError } from "../kit/mod.ts";
import type { Disk } from "./disk.ts";

interface Job {
	readonly work: () => unknown;
	readonly committed: (value: unknown) => void;
	readonly resolve: (value: unknown) => void;
	readonly reject: (reason: unknown) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; reason: unknown };

/** How long a database locked by another program is tried again. */
const BUSY_TIMEOUT_MS = 5000;
const BUSY_PAUSE_MS = 20;

/**
 * Runs write jobs in arrival order and commits all that wait at the same time together,
 * so that many requests share one flush to the disk. A job's promise settles only after
 * the flush: what was answered is on the disk. A failing job undoes only itself.
 */
export class CommitQueue {
	readonly #sqlite: Database;
	readonly #disk: Disk;
	readonly #onOutcome: (problem: StorageError | undefined) => void;
	#jobs: Job[] = [];
	#working: Promise<void> | undefined;

	/** @param onOutcome Told after each commit whether the database takes changes, and why not. */
	constructor(
		sqlite: Database,
		disk: Disk,
		onOutcome: (problem: StorageError | undefined) => void,
	) {
		this.#sqlite = sqlite;
		this.#disk = disk;
		this.#onOutcome = onOutcome;
	}

	/**
	 * @param work Reads and writes the database, synchronously; it sees what earlier jobs wrote.
	 * @param committed Called right after the commit, in the order of the jobs: the place to change
	 * what is kept in memory, so that it never disagrees with the database about who came first.
	 * @returns what `work` returned, once it is durable.
	 * @throws what `work` threw, or a StorageError when the disk does not take it.
	 */
	run<T>(work: () => T, committed: (value: T) => void = () => {}): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			this.#jobs.push({
				work,
				committed: committed as (value: unknown) => void,
				resolve: resolve as (value: unknown) => void,
				reject,
			});
			this.#working ??= this.#workOff();
		});
	}

	/** Resolves when all jobs are done. */
	async idle(): Promise<void> {
		while (this.#working !== undefined) await this.#working;
	}

	async #workOff(): Promise<void> {
		// Requests of one turn of the event loop share a commit.
		await new Promise(setImmediate);
		while (this.#jobs.length > 0) await this.#round(this.#jobs.splice(0));
		this.#working = undefined;
	}

	async #round(jobs: readonly Job[]): Promise<void> {
		let outcomes: Outcome[];
		try {
			outcomes = await this.#commit(jobs);
		} catch (error) {
			const problem = StorageError.from(error);
			this.#onOutcome(problem);
			for (const job of jobs) job.reject(problem);
			return;
		}
		const told = await this.#flush(jobs.length);
		this.#onOutcome(told);
		for (const [index, job] of jobs.entries()) {
			const outcome = outcomes[index];
			if (outcome?.ok) settle(job, outcome.value, told);
			else job.reject(outcome?.reason);
		}
	}

	async #commit(jobs: readonly Job[]): Promise<Outcome[]> {
		await this.#begin();
		try {
			const outcomes = jobs.map((job) => this.#attempt(job.work));
			this.#sqlite.run("COMMIT");
			return outcomes;
		} catch (error) {
			if (this.#sqlite.inTransaction) this.#sqlite.run("ROLLBACK");
			throw error;
		}
	}

	/** Waits for another program's lock without holding up the event loop, as SQLite's own wait would. */
	async #begin(): Promise<void> {
		const deadline = performance.now() + BUSY_TIMEOUT_MS;
		for (;;) {
			try {
				this.#sqlite.run("BEGIN IMMEDIATE");
				return;
			} catch (error) {
				const busy = codeOf(error)?.startsWith("SQLITE_BUSY") ?? false;
				if (!busy || performance.now() > deadline) throw error;
			}
			await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
		}
	}

	#attempt(work: () => unknown): Outcome {
		this.#sqlite.run("SAVEPOINT job");
		try {
			const value = work();
			this.#sqlite.run("RELEASE job");
			return { ok: true, value };
		} catch (reason) {
			// Trouble with the disk is everyone's: then all jobs fail together.
			if (!this.#sqlite.inTransaction || StorageError.isDiskTrouble(reason)) throw reason;
			this.#sqlite.run("ROLLBACK TO job");
			this.#sqlite.run("RELEASE job");
			return { ok: false, reason };
		}
	}

	async #flush(commits: number): Promise<StorageError | undefined> {
		try {
			await this.#disk.flush(commits);
			return undefined;
		} catch (error) {
			return StorageError.from(error);
		}
	}
}

/** A change the disk did not confirm is in effect all the same: memory and database stay of one mind. */
function settle(job: Job, value: unknown, problem: StorageError | undefined): void {
	try {
		job.committed(value);
		if (problem === undefined) job.resolve(value);
		else job.reject(problem);
	} catch (error) {
		job.reject(error);
	}
}
