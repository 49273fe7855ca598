/**
 * A promise kept already, whose `then` runs at once. aedes asks its persistence through promises and
 * drops as a duplicate what overtakes an older message of the same reader; with real promises a retained or
 * confirmed message is overtaken by the plain one behind it, and lost.
 */
export class SyncPromise<T> implements PromiseLike<T> {
	readonly #outcome: { readonly value: T } | { readonly error: unknown };

	private constructor(outcome: { readonly value: T } | { readonly error: unknown }) {
		this.#outcome = outcome;
	}

	static done<T>(value: T): SyncPromise<T> {
		return new SyncPromise({ value });
	}

	static refused<T>(error: unknown): SyncPromise<T> {
		return new SyncPromise<T>({ error });
	}

	// biome-ignore lint/suspicious/noThenProperty: being waited for is all it is for
	then<Ok = T, Failed = never>(
		onDone?: ((value: T) => Ok | PromiseLike<Ok>) | null,
		onRefused?: ((error: unknown) => Failed | PromiseLike<Failed>) | null,
	): PromiseLike<Ok | Failed> {
		if ("error" in this.#outcome) {
			if (!onRefused) return SyncPromise.refused(this.#outcome.error);
			return adopt(onRefused(this.#outcome.error));
		}
		const { value } = this.#outcome;
		return onDone ? adopt(onDone(value)) : (SyncPromise.done(value) as unknown as PromiseLike<Ok>);
	}
}

function adopt<T>(result: T | PromiseLike<T>): PromiseLike<T> {
	const isPromise = typeof result === "object" && result !== null && "then" in result;
	return isPromise ? result : SyncPromise.done(result);
}
