import { groupOf, growingPauseMs } from "../../kit/mod.ts";

/** Wrong codes of a page that cost nothing: codes are mistyped. */
const FREE_OF_PAGE = 3;
const PAUSES = { firstMs: 1000, longestMs: 60_000 };
/** Wrong codes of an address before all pages there wait: a class behind one address mistypes a lot. */
export const FREE_OF_ADDRESS = 100;
/** After them, one each so often. */
const ADDRESS_PAUSE_MS = 30_000;
/** Pages and addresses that are remembered; beyond these the one that guessed longest ago is forgotten. */
const MAX_REMEMBERED = 10_000;

interface Guesses {
	count: number;
	/** When the next one is looked at, and when the last one was wrong; monotonic milliseconds. */
	until: number;
	at: number;
}

/**
 * Slows down the guessing of codes. A page that sends wrong ones waits, longer each time. A page can forget who it is, so
 * its address counts as well, but a class shares one: only after many wrong codes does all of it wait. Right codes
 * cost nothing.
 */
export class CodeThrottle {
	readonly #now: () => number;
	/** Both in the order of the last wrong code. */
	readonly #pages = new Map<string, Guesses>();
	readonly #addresses = new Map<string, Guesses>();

	/** @param now Monotonic milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/**
	 * Milliseconds until a code is looked at; 0: now.
	 * @param page Undefined: one that shows no cookie.
	 */
	waitOf(page: string | undefined, address: string): number {
		const ofPage = page === undefined ? 0 : (this.#pages.get(page)?.until ?? 0);
		const ofAddress = this.#addresses.get(groupOf(address))?.until ?? 0;
		return Math.max(0, Math.ceil(Math.max(ofPage, ofAddress) - this.#now()));
	}

	/** A code was wrong. */
	wrong(page: string | undefined, address: string): void {
		if (page !== undefined) {
			this.#count(this.#pages, page, (count) =>
				count < FREE_OF_PAGE ? 0 : growingPauseMs(count - FREE_OF_PAGE + 1, PAUSES),
			);
		}
		this.#count(this.#addresses, groupOf(address), (count) =>
			count < FREE_OF_ADDRESS ? 0 : ADDRESS_PAUSE_MS,
		);
	}

	/** Counts a wrong one; each pause that has gone by takes one away again. */
	#count(all: Map<string, Guesses>, key: string, pauseAfter: (count: number) => number): void {
		const now = this.#now();
		const known = all.get(key);
		const forgotten = known === undefined ? 0 : Math.floor((now - known.at) / ADDRESS_PAUSE_MS);
		const count = Math.max(0, (known?.count ?? 0) - forgotten) + 1;
		all.delete(key);
		all.set(key, { count, until: now + pauseAfter(count), at: now });
		const [oldest] = all.keys();
		if (all.size > MAX_REMEMBERED && oldest !== undefined) all.delete(oldest);
	}
}
