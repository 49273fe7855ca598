import type { Recv } from "./channel-recv.ts";
import { PollPause } from "./poll-pause.ts";

/** Being woken costs more than what a function takes; longer than this a request is not polled for. */
export const LONGEST_POLL_NS = 400_000;
/** Behind work that took so long it is a small part of it. */
const LONG_WORK_NS = 1_000_000;

export interface RequestPollParts {
	readonly recv: Recv;
	/** Waits in the kernel; gives what {@link Recv} gives, or throws. */
	readonly wait: () => number;
	/** Nanoseconds of the monotonic clock. */
	readonly now: () => number;
}

/**
 * How an engine waits for requests: it polls for a moment before it sleeps, as long as the last request came within such
 * a moment and was short work. Requests that come seldom are slept for, and nothing is spent without any.
 */
export class RequestPoll {
	readonly #parts: RequestPollParts;
	readonly #pause = new PollPause();
	#lastWait = Number.POSITIVE_INFINITY;
	/** When the last request came. */
	#cameAt = 0;

	constructor(parts: RequestPollParts) {
		this.#parts = parts;
	}

	/** Waits for bytes. @returns how many there are; 0: the stream is over. @throws what `wait` throws. */
	read(): number {
		const { now, wait } = this.#parts;
		const begun = now();
		const isWorth = this.#lastWait < LONGEST_POLL_NS && begun - this.#cameAt < LONG_WORK_NS;
		const mayPoll = isWorth && this.#pause.isOver(begun);
		const size = (mayPoll ? this.#poll(begun) : undefined) ?? wait();
		this.#cameAt = now();
		this.#lastWait = this.#cameAt - begun;
		return size;
	}

	/** @returns undefined: sleep for it. The end and errors are left to the one who waits. */
	#poll(begun: number): number | undefined {
		const { recv, now } = this.#parts;
		for (let before = begun; ; ) {
			const size = recv();
			if (size > 0) {
				this.#pause.ended();
				return size;
			}
			const at = now();
			if (size === 0 || this.#pause.step(before, at)) return undefined;
			if (at - begun >= LONGEST_POLL_NS) {
				this.#pause.ended();
				return undefined;
			}
			before = at;
		}
	}
}
