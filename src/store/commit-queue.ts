import type { Database } from "bun:sqlite";
import { codeOf, InvariantError, StorageError } from "../kit/mod.ts";
import type { Disk } from "./disk.ts";
import { type Effects, failAll, type Job, JobQueue, type Outcome, settleAll } from "./jobs.ts";
import { Turn } from "./turn.ts";

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
	readonly #queue = new JobQueue((jobs) => this.#round(jobs));

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
		return this.#queue.run(work, effects);
	}

	/** Resolves when all jobs are done. */
	idle(): Promise<void> {
		return this.#queue.idle();
	}

	async #round(jobs: readonly Job[]): Promise<void> {
		const outcomes: Outcome[] = [];
		try {
			await this.#commit(jobs, outcomes);
		} catch (error) {
			const problem = error instanceof StorageError ? error : StorageError.from(error);
			failAll(jobs, outcomes, problem);
			this.#onOutcome(problem);
			return;
		}
		const told = await this.#flush(jobs.length);
		this.#onOutcome(told);
		settleAll(jobs, outcomes, told);
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
