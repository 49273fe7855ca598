import type { Recv } from "./channel-recv.ts";
import { PollPause } from "./poll-pause.ts";
import type { EngineRequest } from "./protocol.ts";

/** The server has others to serve: longer than a woken engine and short functions take it does not poll. */
const LONGEST_POLL_NS = 60_000;
/** A longer batch is not answered within that time. */
const QUICK_CHARS = 400;
const MOST_CREDIT = 8;
const CREDIT_OF_HIT = 4;
/** Without credit one request in so many is polled for, to see whether that is worth it again. */
const TRY_EVERY = 16;

/** Whether the answer to a request may come within the time it is polled for. */
export function isQuick({ ask, text }: EngineRequest): boolean {
	return ask === "batch" && text.length <= QUICK_CHARS;
}

export interface ReplyPollParts {
	readonly recv: Recv;
	/** Nanoseconds of the monotonic clock. */
	readonly now: () => number;
}

/**
 * How the server waits for the answer to a lone request: it polls for a moment before it goes back to its event loop, as
 * long as that has been worth it lately. Only an engine that polls too answers so soon.
 */
export class ReplyPoll {
	readonly #parts: ReplyPollParts;
	readonly #pause = new PollPause();
	#credit = 0;
	#requests = 0;

	constructor(parts: ReplyPollParts) {
		this.#parts = parts;
	}

	/** Looks for bytes of an answer. @returns how many there are; 0: none came in time. The end is left to the event loop. */
	look(): number {
		this.#requests += 1;
		if (this.#credit === 0 && this.#requests % TRY_EVERY !== 0) return 0;
		const { recv, now } = this.#parts;
		const begun = now();
		if (!this.#pause.isOver(begun)) return 0;
		for (let before = begun; ; ) {
			const size = recv();
			if (size > 0) {
				this.#pause.ended();
				this.#credit = Math.min(MOST_CREDIT, this.#credit + CREDIT_OF_HIT);
				return size;
			}
			const at = now();
			if (size === 0 || this.#pause.step(before, at)) break;
			if (at - begun >= LONGEST_POLL_NS) {
				this.#pause.ended();
				break;
			}
			before = at;
		}
		this.#credit = Math.max(0, this.#credit - 1);
		return 0;
	}
}
