import { growingPauseMs } from "../kit/mod.ts";

/** After this time a connection counts as stable. */
const STABLE_MS = 300_000;
/** After so many unstable connections in a row, while the broker is there, another client is using the client id. */
const CONTESTED = 3;
/** Of an external broker. */
export const BROKER_PAUSES = { firstMs: 500, longestMs: 15_000 };
/**
 * RabbitMQ answers nothing for two minutes to who connects to a session in the moment in which the node that led its queue
 * has died; who asks again gets it.
 */
const FIRST_ANSWER_MS = 1500;
const CONTESTED_PAUSES = { ...BROKER_PAUSES, longestMs: 120_000 };

/** How the connections for requests have ended since the broker was reached. */
export class Losses {
	readonly #isShared: boolean;
	readonly #contested: number;
	/** In a row, none of them stable. */
	#count = 0;
	/** In a row that were accepted and did not stay. */
	#shortLived = 0;

	/** @param isShared Others may have the client id, and who may use it is asked before each connection. */
	constructor(isShared = false) {
		this.#isShared = isShared;
		this.#contested = isShared ? Number.POSITIVE_INFINITY : CONTESTED;
	}

	get count(): number {
		return this.#count;
	}

	/** The broker is reached. */
	reset(): void {
		this.#count = 0;
		this.#shortLived = 0;
	}

	/**
	 * A connection was lost, or could not be opened.
	 * @param livedMs How long it had been accepted, milliseconds; 0 when it never was.
	 * @returns whether it is the one that makes the client id look contested.
	 */
	add(livedMs: number): boolean {
		if (livedMs >= STABLE_MS) this.reset();
		this.#count += 1;
		if (livedMs > 0) this.#shortLived += 1;
		return this.#shortLived === this.#contested;
	}

	/** Whether another client seems to use the client id. @param livedMs Of the current connection; 0 without one. */
	isContested(livedMs: number): boolean {
		return this.#shortLived >= this.#contested && livedMs < STABLE_MS;
	}

	/** How long the next attempt waits for its answer: twice as long as the one before. @param mostMs As long as that at most. */
	answerMs(mostMs: number): number {
		return this.#isShared ? Math.min(mostMs, FIRST_ANSWER_MS * 2 ** this.#count) : mostMs;
	}

	/** The pause before the next attempt. */
	get pauseMs(): number {
		const isContested = this.#shortLived >= this.#contested;
		const limits = isContested ? CONTESTED_PAUSES : BROKER_PAUSES;
		return growingPauseMs(this.#count, limits, Math.random);
	}
}
