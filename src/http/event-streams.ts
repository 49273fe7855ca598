import { EventReaders } from "./event-readers.ts";

/** Where the events of some streams come from. */
export interface EventSource {
	/** The first reader comes: from now on {@link changes} is called. */
	enter(): void;
	/** What a new reader is told first, as an event's text; see `eventText`. */
	everything(): string;
	/** What has changed since the last call, for all readers; undefined: nothing to tell. */
	changes(): string | undefined;
	/** The last reader has left. */
	leave(): void;
}

export interface EventStreamsOptions {
	/** Readers that may listen at once. */
	readonly maxReaders: number;
	/** Events that may wait for a reader; one that is slower is dropped. */
	readonly maxUnread: number;
	/** Time between two looks at what has changed. */
	readonly everyMs: number;
}

/**
 * Streams of server-sent events to several readers, with one timer for all of them. It costs nothing while there are
 * no readers.
 */
export class EventStreams {
	readonly #options: EventStreamsOptions;
	readonly #source: EventSource;
	readonly #readers: EventReaders;
	#timer: Timer | undefined;

	constructor(options: EventStreamsOptions, source: EventSource) {
		this.#options = options;
		this.#source = source;
		this.#readers = new EventReaders({ max: options.maxUnread, of: "events" });
	}

	/**
	 * A response that goes on until its reader leaves; undefined when there are too many already.
	 * @param stillMay Asked before each event; the stream ends when it says no.
	 */
	open(stillMay: () => boolean): Response | undefined {
		if (this.#readers.size >= this.#options.maxReaders) return undefined;
		const first = () => {
			if (this.#timer === undefined) {
				this.#source.enter();
				this.#timer = setInterval(() => this.#tick(), this.#options.everyMs);
			}
			return this.#source.everything();
		};
		return this.#readers.open({ first, stillMay, left: () => this.#left() });
	}

	/** Ends all streams; pages open theirs again by themselves. */
	stop(): void {
		this.#readers.stop();
	}

	#left(): void {
		if (this.#readers.size > 0) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#source.leave();
	}

	/** When there is nothing to tell because the source fails, all readers are dropped: they come back by themselves. */
	#tick(): void {
		let text: string | undefined;
		try {
			text = this.#source.changes();
		} catch {
			this.stop();
			return;
		}
		this.#readers.send(text);
	}
}
