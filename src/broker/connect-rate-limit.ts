import { groupOf } from "../kit/mod.ts";

export interface ConnectRateOptions {
	/** Connections of one address that are served in a second. */
	perSecond: number;
}

/** So many seconds' worth of connections are served at once: a school's devices all reconnect together. */
const BURST_SECONDS = 10;
const LONGEST_WAIT_MS = 10_000;
/** Addresses remembered before those without a backlog are forgotten. */
const TIDY_AT = 10_000;

/**
 * When a new connection is served. Logins and malformed packets cost far more than messages, so an address that
 * connects without end has to wait between connections, and clients that are connected are not affected.
 */
export class ConnectRateLimit {
	readonly #options: ConnectRateOptions;
	readonly #now: () => number;
	/** By address, when all its connections so far would have been served one after the other, milliseconds. */
	readonly #served = new Map<string, number>();

	/** @param now The time in milliseconds. */
	constructor(options: ConnectRateOptions, now: () => number = () => performance.now()) {
		this.#options = options;
		this.#now = now;
	}

	/** Milliseconds a new connection has to wait; undefined when that would be too long. */
	next(address: string): number | undefined {
		const group = groupOf(address);
		const now = this.#now();
		const served = Math.max(now, this.#served.get(group) ?? now);
		const wait = Math.max(0, served - now - BURST_SECONDS * 1000);
		if (wait > LONGEST_WAIT_MS) return undefined;
		if (this.#served.size >= TIDY_AT) this.#tidy(now);
		this.#served.set(group, served + 1000 / this.#options.perSecond);
		return wait;
	}

	/** A connection has left before its turn came. */
	giveBack(address: string): void {
		const group = groupOf(address);
		const served = this.#served.get(group);
		if (served !== undefined) this.#served.set(group, served - 1000 / this.#options.perSecond);
	}

	#tidy(now: number): void {
		for (const [group, served] of this.#served) if (served <= now) this.#served.delete(group);
	}
}
