/**
 * Attempts that come to nothing, one after another, before other graphs wait no longer: about a minute of silence. With
 * three, one phone of forty was cut off in every third lesson in which one message of fifteen was lost.
 */
const MAX_FRUITLESS = 6;

/**
 * Whether a graph is about to add links. Other graphs wait for that before they let go of the same links, so that devices
 * are not cut off when CSM is slow to answer; but not for ever.
 */
export class Additions {
	#pending: PromiseWithResolvers<void> | undefined;
	/** Attempts in which CSM has done nothing, since it last did something. */
	#fruitless = 0;

	/** Resolves when there are none to wait for; undefined: that is so already. */
	get pending(): Promise<void> | undefined {
		return this.#pending?.promise;
	}

	/** There may be some to come. */
	plan(): void {
		this.#pending ??= Promise.withResolvers();
	}

	/** CSM has done something of it. */
	progressed(): void {
		this.#fruitless = 0;
	}

	/** An attempt had to be given up; there will be another one. */
	failed(): void {
		this.#fruitless += 1;
	}

	/** No attempt is on its way. */
	rest(): void {
		if (this.#fruitless === 0 || this.#fruitless >= MAX_FRUITLESS) this.end();
	}

	/** There are none to wait for. */
	end(): void {
		this.#pending?.resolve();
		this.#pending = undefined;
	}
}
