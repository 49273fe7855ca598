import { TokenBucket } from "../../kit/mod.ts";
import { TooManyRequests } from "../projects/refusal.ts";
import type { Person } from "./operation.ts";

export interface AccountRateOptions {
	/** Operations of one account in the long run; 0: no limit. A reload may change it. */
	readonly perSecond: number;
}

/** So many seconds' worth may come at once: a script builds a project in a moment. */
const BURST_SECONDS = 10;
/** Administrators and the command line have so many times as much. */
const ADMIN_FACTOR = 10;
/** Accounts that are looked through when there are so many: most of them have been quiet. */
const MAX_BUCKETS = 1000;

/** How many operations each account may ask for, whichever APIs it uses. */
export class AccountRate {
	readonly #options: AccountRateOptions;
	readonly #now: () => number;
	readonly #buckets = new Map<number, TokenBucket>();

	/** @param now Monotonic milliseconds. */
	constructor(options: AccountRateOptions, now: () => number) {
		this.#options = options;
		this.#now = now;
	}

	/** Counts an operation. @throws TooManyRequests */
	take({ u_id, role }: Person): void {
		const { perSecond: base } = this.#options;
		if (base === 0) return;
		const perSecond = role === "admin" ? base * ADMIN_FACTOR : base;
		const burst = perSecond * BURST_SECONDS;
		const bucket = this.#buckets.get(u_id) ?? new TokenBucket(this.#now);
		this.#buckets.set(u_id, bucket);
		const waitS = bucket.take({ burst, perSecond });
		if (waitS > 0) throw new TooManyRequests(Math.ceil(waitS));
		if (this.#buckets.size > MAX_BUCKETS) this.#forgetQuiet();
	}

	/** Those that have been quiet long enough are full again. */
	#forgetQuiet(): void {
		const now = this.#now();
		for (const [id, { at }] of this.#buckets) {
			if (now - at > BURST_SECONDS * 1000) this.#buckets.delete(id);
		}
	}
}
