import { hashOf, newSecret, sameHash } from "./secrets.ts";

/** How long a key lets in, minutes. */
export const SETUP_MINUTES = 30;

/** The key that makes the first administrator: one at a time, used once, for half an hour. In memory only. */
export class SetupKeys {
	readonly #now: () => number;
	#current: { readonly hash: string; readonly until: number } | undefined;

	/** @param now The time in milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** A new key; the one before lets in no more. */
	draw(): string {
		const key = newSecret();
		this.#current = { hash: hashOf(key), until: this.#now() + SETUP_MINUTES * 60_000 };
		return key;
	}

	isRight(key: string): boolean {
		const current = this.#current;
		return (
			current !== undefined && this.#now() < current.until && sameHash(hashOf(key), current.hash)
		);
	}

	/** It was used. */
	end(): void {
		this.#current = undefined;
	}
}
