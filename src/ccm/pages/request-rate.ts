/** Requests at once, and per second in the long run; a page asks for a dozen things when it opens a project. */
const BURST = 200;
const PER_SECOND = 50;

interface Bucket {
	left: number;
	at: number;
	/** Whether it was told. */
	isTold: boolean;
}

/** How often each sender may ask. */
export class RequestRate {
	readonly #now: () => number;
	readonly #buckets = new WeakMap<object, Bucket>();

	/** @param now Monotonic milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Whether a request is for carrying out, for telling that it is one too many, or for nothing at all. */
	take(sender: object): "ok" | "refuse" | "ignore" {
		const now = this.#now();
		const bucket = this.#buckets.get(sender) ?? { left: BURST, at: now, isTold: false };
		this.#buckets.set(sender, bucket);
		bucket.left = Math.min(BURST, bucket.left + ((now - bucket.at) / 1000) * PER_SECOND);
		bucket.at = now;
		if (bucket.left >= 1) {
			bucket.left -= 1;
			bucket.isTold = false;
			return "ok";
		}
		if (bucket.isTold) return "ignore";
		bucket.isTold = true;
		return "refuse";
	}
}
