import { TokenBucket } from "../../kit/mod.ts";

/** Requests; a page asks for a dozen things when it opens a project. */
const RULES = { burst: 200, perSecond: 50 };

interface Sender {
	readonly bucket: TokenBucket;
	/** Whether it was told. */
	isTold: boolean;
}

/** A long request counts as one more for each of these. */
const BYTES = 1 << 16;

/** How often each sender may ask. */
export class RequestRate {
	readonly #now: () => number;
	readonly #senders = new WeakMap<object, Sender>();

	/** @param now Monotonic milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/**
	 * Whether a request is for carrying out, for telling that it is one too many, or for nothing at all.
	 * @param bytes How long it is.
	 */
	take(sender: object, bytes: number): "ok" | "refuse" | "ignore" {
		const known = this.#senders.get(sender) ?? {
			bucket: new TokenBucket(this.#now),
			isTold: false,
		};
		this.#senders.set(sender, known);
		if (known.bucket.take(RULES, 1 + Math.floor(bytes / BYTES)) === 0) {
			known.isTold = false;
			return "ok";
		}
		if (known.isTold) return "ignore";
		known.isTold = true;
		return "refuse";
	}
}
