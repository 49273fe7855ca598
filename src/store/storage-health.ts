import { type Logger, StorageError } from "../kit/mod.ts";

/** Whether changes can be stored, by how the last one went. */
export class StorageHealth {
	readonly #database: string;
	readonly #log: Logger;
	#problem: StorageError | undefined;

	/** @param database Its name in the log. */
	constructor(database: string, log: Logger) {
		this.#database = database;
		this.#log = log;
	}

	/** Why the last change could not be stored; undefined while all is well. */
	get problem(): StorageError | undefined {
		return this.#problem;
	}

	/** Notes how a change went; the log hears of it when that is news. */
	note(problem: StorageError | undefined): void {
		const former = this.#problem;
		this.#problem = problem;
		const database = this.#database;
		if (problem !== undefined && former?.message !== problem.message) {
			this.#log.error("changes cannot be stored", { database, reason: problem.message });
		}
		if (problem === undefined && former !== undefined) {
			this.#log.info("changes can be stored again", { database });
		}
	}
}

/** What is said to those who come after the end. */
export function isStopping(what: "store" | "read"): StorageError {
	return new StorageError(`the server cannot ${what} this now: it is stopping`);
}
