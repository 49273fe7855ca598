import type { StorageError } from "../kit/mod.ts";

/** What follows from a job, in memory: calls are synchronous and must not throw. */
export interface Effects<T> {
	/**
	 * Names of what servers that share the database change at the same time, by row locks: of those that have one in common
	 * one waits for the other. All of a commit are locked first and in one order, so that none waits for each other.
	 */
	readonly shared?: readonly string[];
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

/** A change of the database that a caller waits for. */
export interface Job {
	readonly work: () => unknown;
	readonly effects: Effects<unknown>;
	readonly resolve: (value: unknown) => void;
	readonly reject: (reason: unknown) => void;
}

/** What came of a job before the commit. */
export type Outcome = { ok: true; value: unknown } | { ok: false; reason: unknown };

/** Makes a job of what a caller wants done, and the promise of its result. */
function jobOf<T>(work: () => Promise<T> | T, effects: Effects<T>): { job: Job; done: Promise<T> } {
	const { promise: done, resolve, reject } = Promise.withResolvers<T>();
	const job: Job = {
		work,
		effects: effects as Effects<unknown>,
		resolve: resolve as (value: unknown) => void,
		reject,
	};
	return { job, done };
}

/** Takes back what jobs decided in memory. @param outcomes Of those that ran. */
export function undoAll(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
	for (const [index, job] of [...jobs.entries()].reverse()) {
		if (outcomes[index]?.ok === true) job.effects.undone?.();
	}
}

/** Tells those who wait for jobs that none of them is kept. @param outcomes Of those that ran. */
export function failAll(
	jobs: readonly Job[],
	outcomes: readonly Outcome[],
	problem: StorageError,
): void {
	undoAll(jobs, outcomes);
	for (const job of jobs) job.reject(problem);
}

/**
 * Tells those who wait for jobs what came of them. A change the disk did not confirm is in effect anyway: memory
 * and database stay of one mind.
 * @param problem Why the disk did not confirm the commit.
 */
export function settleAll(
	jobs: readonly Job[],
	outcomes: readonly Outcome[],
	problem: StorageError | undefined,
): void {
	for (const [index, job] of jobs.entries()) {
		const outcome = outcomes[index];
		if (outcome?.ok) settle(job, outcome.value, problem);
		else job.reject(outcome?.reason);
	}
}

function settle(job: Job, value: unknown, problem: StorageError | undefined): void {
	try {
		job.effects.committed?.(value);
		if (problem === undefined) job.resolve(value);
		else job.reject(problem);
	} catch (error) {
		job.reject(error);
	}
}

/** Jobs one after another; those that wait when a round begins are one round, and share a commit. */
export class JobQueue {
	readonly #round: (jobs: readonly Job[]) => Promise<void>;
	#jobs: Job[] = [];
	#working: Promise<void> | undefined;

	/** @param round Does some jobs and settles each; never rejects. */
	constructor(round: (jobs: readonly Job[]) => Promise<void>) {
		this.#round = round;
	}

	/** Whether jobs are being done or wait. */
	get isBusy(): boolean {
		return this.#working !== undefined;
	}

	run<T>(work: () => Promise<T> | T, effects: Effects<T>): Promise<T> {
		const { job, done } = jobOf(work, effects);
		this.#jobs.push(job);
		this.#working ??= this.#workOff();
		return done;
	}

	/** Refuses those that wait behind the present round: nothing was done of them. */
	refuseWaiting(problem: StorageError): void {
		for (const job of this.#jobs.splice(0)) job.reject(problem);
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
}
