/** Requests at once, and per second in the long run; a page asks for a dozen things when it opens a project. */
const BURST = 200;
const PER_SECOND = 50;

interface Bucket {
	left: number;
	at: number;
	/** Whether it was told. */
	isTold: boolean;
}

/** A long request counts as one more for each of these. */
const BYTES = 1 << 16;

/** How often each sender may ask. */
export class RequestRate {
	readonly #now: () => number;
	readonly #buckets = new WeakMap<object, Bucket>();

	/** @param now Monotonic milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/**
	 * Whether a request is for carrying out, for telling that it is one too many, or for nothing at all.
	 * @param bytes How long it is.
	 */
	take(sender: object, bytes: number): "ok" | "refuse" | "ignore" {
		const now = this.#now();
		const bucket = this.#buckets.get(sender) ?? { left: BURST, at: now, isTold: false };
		this.#buckets.set(sender, bucket);
		bucket.left = Math.min(BURST, bucket.left + ((now - bucket.at) / 1000) * PER_SECOND);
		bucket.at = now;
		const cost = 1 + Math.floor(bytes / BYTES);
		if (bucket.left >= cost) {
			bucket.left -= cost;
			bucket.isTold = false;
			return "ok";
		}
		if (bucket.isTold) return "ignore";
		bucket.isTold = true;
		return "refuse";
	}
}
