import type { Clock } from "./clock.ts";
import { StorageError } from "./errors.ts";

export interface LimitedQuestionsOptions {
	/** That may wait for an answer; further ones are refused. */
	readonly most: number;
	/** How long each waits, milliseconds. */
	readonly answerMs: number;
}

/** As many as strangers may have open at once; longer than a database that works takes, and shorter than clients wait. */
const USUAL: LimitedQuestionsOptions = { most: 1000, answerMs: 5000 };

/** Questions to a database that many may ask at once, and that may not answer. */
export class LimitedQuestions {
	readonly #options: LimitedQuestionsOptions;
	readonly #clock: Clock;
	#waiting = 0;

	constructor(clock: Clock, options = USUAL) {
		this.#clock = clock;
		this.#options = options;
	}

	/** @throws StorageError when too many wait, or it does not answer in time; what `question` throws. */
	async ask<T>(question: () => Promise<T>): Promise<T> {
		const { most, answerMs } = this.#options;
		if (this.#waiting >= most) throw cannotRead("too many wait for its database");
		this.#waiting += 1;
		const { promise: late, reject } = Promise.withResolvers<never>();
		const cancel = this.#clock.after(answerMs, () =>
			reject(cannotRead("its database does not answer")),
		);
		const answer = Promise.try(question).finally(() => {
			this.#waiting -= 1;
		});
		// What comes later is nobody's.
		answer.catch(() => {});
		try {
			return await Promise.race([answer, late]);
		} finally {
			cancel();
		}
	}
}

function cannotRead(reason: string): StorageError {
	return new StorageError(`the server cannot read this now: ${reason}`);
}
