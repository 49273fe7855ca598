import type { Database } from "bun:sqlite";
import { codeOf, InvariantError, StorageError } from "../kit/mod.ts";
import type { Disk } from "./disk.ts";
import { Turn } from "./turn.ts";

/** What follows from a job, in memory; both are called synchronously and must not throw. */
export interface Effects<T> {
	/**
	 * Called after the commit and its flush, also when the flush failed, in the order of the jobs: the place to change
	 * what is kept in memory, so that it never disagrees with the database about the order of things.
	 */
	readonly committed?: (value: T) => void;
	/**
	 * Called when the job's changes are undone, before any later job runs, those of one commit in reverse order: takes
	 * back what `work` decided in memory.
	 */
	readonly undone?: () => void;
}

interface Job {
	readonly work: () => unknown;
	readonly effects: Effects<unknown>;
	readonly resolve: (value: unknown) => void;
	readonly reject: (reason: unknown) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; reason: unknown };

/** How long a database locked by another program is tried again. */
const BUSY_TIMEOUT_MS = 5000;
const BUSY_PAUSE_MS = 20;

/**
 * Runs write jobs in arrival order, one after the other, and commits all that wait at the same time together, so that
 * many requests share one flush to the disk. A job's promise settles only after the flush: what was answered is on the
 * disk. A failing job undoes only itself.
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
	 * @param work Reads and writes the database; it sees what earlier jobs wrote. It may await nothing but the database:
	 * all other jobs wait for whatever else it awaits, and if that never comes, for ever: a job that has awaited
	 * something else is only found, and undone, when it ends.
	 * @returns what `work` returned, once it is durable.
	 * @throws what `work` threw, an InvariantError when it awaited something else, or a StorageError when the disk does
	 * not take it.
	 */
	run<T>(work: () => Promise<T> | T, effects: Effects<T> = {}): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			this.#jobs.push({
				work,
				effects: effects as Effects<unknown>,
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
		const outcomes: Outcome[] = [];
		try {
			await this.#commit(jobs, outcomes);
		} catch (error) {
			const problem = error instanceof StorageError ? error : StorageError.from(error);
			for (const [index, job] of [...jobs.entries()].reverse()) {
				if (outcomes[index]?.ok === true) job.effects.undone?.();
			}
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

	async #commit(jobs: readonly Job[], outcomes: Outcome[]): Promise<void> {
		this.#disk.check();
		await this.#begin();
		const turn = new Turn();
		try {
			for (const job of jobs) {
				outcomes.push(await this.#attempt(job, turn));
				// Data flows on between the jobs of a crowd; what is read meanwhile does not see them.
				if (turn.isLong) await turn.next();
			}
			this.#sqlite.run("COMMIT");
		} catch (error) {
			if (this.#sqlite.inTransaction) this.#sqlite.run("ROLLBACK");
			throw error;
		} finally {
			turn.end();
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

	async #attempt({ work, effects }: Job, turn: Turn): Promise<Outcome> {
		this.#sqlite.run("SAVEPOINT job");
		const { number } = turn;
		try {
			const value = await work();
			if (turn.number !== number) {
				throw new InvariantError("A write job awaited something besides the database");
			}
			this.#sqlite.run("RELEASE job");
			return { ok: true, value };
		} catch (reason) {
			effects.undone?.();
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
		job.effects.committed?.(value);
		if (problem === undefined) job.resolve(value);
		else job.reject(problem);
	} catch (error) {
		job.reject(error);
	}
}
