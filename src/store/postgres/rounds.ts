import { InputError, StorageError } from "../../kit/mod.ts";
import type { Db } from "../db.ts";
import {
	type Effects,
	failAll,
	type Job,
	JobQueue,
	type Outcome,
	settleAll,
	undoAll,
} from "../jobs.ts";
import type { Connection } from "./connection.ts";
import { cannotStore, isInTheWay, isLost, stateOf, troubleOf } from "./failures.ts";
import { handleOver } from "./handle.ts";
import { beginAs, type Run, wasCommitted } from "./ownership.ts";
import { lockShared } from "./shared-locks.ts";

/** How long it waits between attempts to learn what came of a commit. */
const RETRY_MS = 200;
/** How long it goes on asking when the server stops: with one more attempt to connect, less than parts have to finish. */
const FINISH_MS = 2500;

/** How often jobs are run that others' changes come in the way of: each time one of them is done. */
const TRIES = 5;

/** What the database cannot store whatever its state: too long for an index, not Unicode. */
const UNSTORABLE = ["54", "22021", "22P05"];

export interface RoundsDeps {
	readonly open: () => Promise<Connection>;
	readonly run: Run;
	/** Told after each commit whether the database takes changes, and why not. */
	readonly onOutcome: (problem: StorageError | undefined) => void;
	/** Told how often accounts were changed, by any program. */
	readonly onAccounts: (n: string) => void;
}

/**
 * Runs write jobs in arrival order, one after the other, and commits all that wait at the same time together: for
 * PostgreSQL what `CommitQueue` is for SQLite. A connection that was lost while nothing was being done is replaced
 * without anyone noticing; jobs that were begun are undone and refused. When the connection is lost during the commit
 * itself, its outcome is asked for until it is known: no caller is told anything before, unless the server stops. Where
 * another server's changes came in the way all is undone and run again.
 */
export class Rounds {
	/** To write with, inside a job. */
	readonly db: Db;
	readonly #deps: RoundsDeps;
	#connection: Connection | undefined;
	readonly #queue = new JobQueue((jobs) => this.#round(jobs));
	#isStopped = false;
	/** Monotonic, ms. */
	#asksUntil = Number.POSITIVE_INFINITY;

	constructor(deps: RoundsDeps) {
		this.#deps = deps;
		this.db = handleOver(async (text, params) => {
			if (this.#connection === undefined) {
				throw new StorageError("the server cannot store this now: the change has ended already");
			}
			return this.#connection.ask(text, params);
		});
	}

	/** As `CommitQueue.run`. */
	run<T>(work: () => Promise<T> | T, effects: Effects<T> = {}): Promise<T> {
		return this.#queue.run(work, effects);
	}

	/** Whether jobs are being done or wait. */
	get isBusy(): boolean {
		return this.#queue.isBusy;
	}

	/** Those that wait for a commit whose outcome is not known are told so in a few seconds. */
	finish(): void {
		this.#asksUntil = Math.min(this.#asksUntil, performance.now() + FINISH_MS);
	}

	/** Takes no more; resolves when all jobs are done and the connection is closed. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		await this.#queue.idle();
		this.#drop();
	}

	async #round(jobs: readonly Job[]): Promise<void> {
		for (let left = TRIES - 1; ; left--) {
			const outcomes: Outcome[] = [];
			try {
				await this.#runAll(jobs, outcomes);
			} catch (error) {
				this.#drop();
				if (left > 0 && isInTheWay(error)) {
					undoAll(jobs, outcomes);
					continue;
				}
				const problem = cannotStore(error);
				failAll(jobs, outcomes, problem);
				this.#deps.onOutcome(problem);
				return;
			}
			this.#deps.onOutcome(undefined);
			settleAll(jobs, outcomes, undefined);
			return;
		}
	}

	async #runAll(jobs: readonly Job[], outcomes: Outcome[]): Promise<void> {
		const mark = crypto.randomUUID();
		const connection = await this.#begin(mark);
		// A server that is alone waits for no one.
		const isShared = this.#deps.run.cluster !== undefined;
		const names = isShared ? jobs.flatMap(({ effects }) => effects.shared ?? []) : [];
		await lockShared(connection.ask, names);
		for (const job of jobs) outcomes.push(await this.#attempt(connection, job));
		await this.#commit(connection, mark);
	}

	/** A connection that was lost since the last round is replaced: nothing was done with it. */
	async #begin(mark: string): Promise<Connection> {
		const { open, run, onAccounts } = this.#deps;
		const known = this.#connection;
		const connection = known ?? (await open());
		this.#connection = connection;
		try {
			const [, accounts] = await Promise.all([
				connection.ask("BEGIN"),
				beginAs(connection.ask, run, mark),
			]);
			onAccounts(accounts);
			return connection;
		} catch (error) {
			this.#drop();
			if (known === undefined || !isLost(error)) throw error;
			return this.#begin(mark);
		}
	}

	async #attempt({ ask }: Connection, { work, effects }: Job): Promise<Outcome> {
		await ask("SAVEPOINT job");
		try {
			const value = await work();
			await ask("RELEASE job");
			return { ok: true, value };
		} catch (reason) {
			effects.undone?.();
			// Trouble with the database is everyone's: then all jobs fail together.
			if (troubleOf(reason) !== undefined) throw reason;
			await ask("ROLLBACK TO job");
			await ask("RELEASE job");
			return { ok: false, reason: understood(reason) };
		}
	}

	/** Resolves when the transaction is committed. @throws why it is not. */
	async #commit({ ask }: Connection, mark: string): Promise<void> {
		try {
			await ask("COMMIT");
		} catch (error) {
			if (!isLost(error)) throw error;
			this.#drop();
			const problem = cannotStore(error);
			this.#deps.onOutcome(problem);
			this.#queue.refuseWaiting(problem);
			if (!(await this.#findOut(mark, error))) throw error;
		}
	}

	/** Whether a commit took place whose answer was lost. @throws StorageError when there is no time to learn it. */
	async #findOut(mark: string, error: unknown): Promise<boolean> {
		for (;;) {
			try {
				const connection = await this.#deps.open();
				this.#connection = connection;
				return await wasCommitted(connection.ask, this.#deps.run, mark);
			} catch {
				this.#drop();
				if (this.#isStopped || performance.now() >= this.#asksUntil) throw isUnknown(error);
				await Bun.sleep(RETRY_MS);
			}
		}
	}

	#drop(): void {
		this.#connection?.close();
		this.#connection = undefined;
	}
}

function understood(reason: unknown): unknown {
	if (!UNSTORABLE.some((start) => stateOf(reason).startsWith(start))) return reason;
	return new InputError("it cannot be stored: a name is too long, or a text is not Unicode");
}

function isUnknown(cause: unknown): StorageError {
	const why = "its database went away meanwhile, and it stops";
	return new StorageError(`the server cannot tell whether it stored this: ${why}`, { cause });
}
