import type { Clock } from "../kit/mod.ts";
import { Late } from "./forward-refusals.ts";

/** A stream carries a comment more often than this (`docs/http.md`). */
export const SILENCE_MS = 60_000;

/** Type of server-sent events. */
export const EVENTS = "text/event-stream";

/** Whether an answer goes on for as long as its reader stays. */
export function isEvents({ headers }: Response): boolean {
	return headers.get("content-type")?.startsWith(EVENTS) === true;
}

/** Streams of another server, handed on as they come. */
export class ForwardedStreams {
	readonly #max: number;
	readonly #clock: Clock;
	readonly #ends = new Set<() => void>();

	/** @param max Open at once. */
	constructor(max: number, clock: Clock) {
		this.#max = max;
		this.#clock = clock;
	}

	/** Those that are open. */
	get size(): number {
		return this.#ends.size;
	}

	get isFull(): boolean {
		return this.#ends.size >= this.#max;
	}

	/** Ends all. */
	stop(): void {
		for (const end of [...this.#ends]) end();
	}

	/**
	 * What an answer gives, until either side ends it or the other server falls silent.
	 * @param abort Ends the request.
	 * @param ended Called once, at the end.
	 * @param stillMay Asked before each event; the stream ends when it says no.
	 */
	open(
		upstream: Response,
		abort: AbortController,
		ended: () => void,
		stillMay: () => boolean = () => true,
	): ReadableStream<Uint8Array> {
		const reader = upstream.body?.getReader();
		const end = () => {
			if (!this.#ends.delete(end)) return;
			ended();
			abort.abort();
		};
		this.#ends.add(end);
		return new ReadableStream<Uint8Array>(
			{
				pull: async (own) => {
					const silent = this.#clock.after(SILENCE_MS, () => abort.abort(new Late()));
					try {
						const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
						const isOver = done || !stillMay();
						if (value !== undefined && !isOver) own.enqueue(value);
						if (!isOver) return;
					} catch {
						// It went away: pages come back by themselves.
					} finally {
						silent();
					}
					end();
					closeIfOpen(own);
				},
				cancel: end,
			},
			{ highWaterMark: 1 },
		);
	}
}

function closeIfOpen(stream: ReadableStreamDefaultController<Uint8Array>): void {
	try {
		stream.close();
	} catch {
		// Its reader has left.
	}
}
