import { groupOf, growingPauseMs } from "../kit/mod.ts";
import type { Failure } from "./outcome.ts";

/** Failures of an address that no pause follows: it waits from the next one on. */
const FREE_TRIES = 5;
const PAUSES = { firstMs: 1000, longestMs: 60_000 };
/** After so long without failures an address starts over. */
const FORGET_MS = 10 * 60_000;
/** Addresses remembered; beyond these the one that failed longest ago is forgotten. */
const MAX_ADDRESSES = 10_000;

interface Failures {
	count: number;
	/** How many of them are of each person. */
	readonly names: Map<string, number>;
	/** When the next try is checked, and when the last one failed; milliseconds. */
	until: number;
	at: number;
}

/** Slows down password guessing: after some failures an address waits, longer each time. */
export class LoginThrottle {
	readonly #now: () => number;
	/** In order of the last failure. */
	readonly #addresses = new Map<string, Failures>();

	/** @param now The time in milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Milliseconds an address still has to wait; 0: its next try is checked. */
	waitOf(address: string): number {
		const failures = this.#addresses.get(groupOf(address));
		if (failures === undefined) return 0;
		return Math.max(0, Math.ceil(failures.until - this.#now()));
	}

	/** Answers a wrong login, which counts unless the address has to wait anyway. @param name As {@link failed} takes it. */
	refuse(address: string, name?: string): Failure {
		const waitMs = this.waitOf(address);
		if (waitMs > 0) return { kind: "slow", waitMs };
		this.failed(address, name);
		return { kind: "refused" };
	}

	/** @param name The person whose password it was to be; undefined: no one's, or of no one there is. */
	failed(address: string, name?: string): void {
		const group = groupOf(address);
		const now = this.#now();
		const known = this.#addresses.get(group);
		const failures =
			known === undefined || now - known.at > FORGET_MS
				? { count: 0, names: new Map<string, number>(), until: 0, at: now }
				: known;
		failures.count += 1;
		if (name !== undefined) failures.names.set(name, (failures.names.get(name) ?? 0) + 1);
		failures.at = now;
		const over = failures.count - FREE_TRIES;
		if (over > 0) failures.until = now + growingPauseMs(over, PAUSES);
		this.#addresses.delete(group);
		this.#addresses.set(group, failures);
		const [oldest] = this.#addresses.keys();
		if (this.#addresses.size > MAX_ADDRESSES && oldest !== undefined)
			this.#addresses.delete(oldest);
	}

	/** An admin's password was right: an administrator need not guess. */
	succeeded(address: string): void {
		this.#addresses.delete(groupOf(address));
	}

	/**
	 * Another person's password was right: their own failures were slips. Those of others stay, or each account could guess
	 * the passwords of all by showing its own in between.
	 */
	forgive(address: string, name: string): void {
		const failures = this.#addresses.get(groupOf(address));
		if (failures === undefined) return;
		failures.count -= failures.names.get(name) ?? 0;
		failures.names.delete(name);
	}
}
