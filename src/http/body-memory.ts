/** Bytes of a body that is read at any time; larger ones are while there is memory for all of them. */
export const SMALL_BODY_BYTES = 16 << 10;

/** Memory for the large bodies that are arriving at once. */
export class BodyMemory {
	readonly #maxBytes: number;
	#held = 0;

	/** @param maxBytes Of all large bodies together. */
	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** @returns whether there is memory for a body; then it is held until {@link give}. */
	take(bytes: number): boolean {
		if (bytes <= SMALL_BODY_BYTES) return true;
		if (this.#held + bytes > this.#maxBytes) return false;
		this.#held += bytes;
		return true;
	}

	/** The body has been handed over, or does not come any more. */
	give(bytes: number): void {
		if (bytes > SMALL_BODY_BYTES) this.#held -= bytes;
	}
}
