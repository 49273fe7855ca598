/**
 * What a module can do for others in the same process, as a key: those two know the type, the core passes values on
 * without knowing it.
 */
export class Offer<T> {
	/** What a module puts into its `offers`. */
	of(value: T): Offered {
		return { offer: this, value };
	}

	/** The first of this kind; undefined: there is none. */
	first(offered: readonly Offered[]): T | undefined {
		// Only `of` of this very key has put it there.
		return offered.find(({ offer }) => offer === this)?.value as T | undefined;
	}
}

/** A value with the key it is found by. */
export interface Offered {
	readonly offer: object;
	readonly value: unknown;
}
