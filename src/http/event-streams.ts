/** Where the events of some streams come from. */
export interface EventSource {
	/** The first reader comes: from now on {@link changes} is called. */
	enter(): void;
	/** What a new reader is told first, as an event's text; see {@link eventText}. */
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

type Reader = ReadableStreamDefaultController<Uint8Array>;

/** An event of server-sent events (HTML, section 9.2). @param data Without line ends, such as JSON. */
export function eventText(name: string, data: string): string {
	return `event: ${name}\ndata: ${data}\n\n`;
}

/**
 * Streams of server-sent events to several readers, with one timer for all of them. It costs nothing while there are
 * no readers. A reader that does not keep up, or may listen no longer, is dropped; what fails for one does not
 * concern the others.
 */
export class EventStreams {
	readonly #options: EventStreamsOptions;
	readonly #source: EventSource;
	/** With whether each may still listen. */
	readonly #readers = new Map<Reader, () => boolean>();
	readonly #encoder = new TextEncoder();
	#timer: Timer | undefined;

	constructor(options: EventStreamsOptions, source: EventSource) {
		this.#options = options;
		this.#source = source;
	}

	/**
	 * A response that goes on until its reader leaves; undefined when there are too many already.
	 * @param stillMay Asked before each event; the stream ends when it says no.
	 */
	open(stillMay: () => boolean): Response | undefined {
		if (this.#readers.size >= this.#options.maxReaders) return undefined;
		let own: Reader | undefined;
		const stream = new ReadableStream<Uint8Array>({
			start: (reader) => {
				own = reader;
				this.#enter(reader, stillMay);
			},
			cancel: () => {
				if (own !== undefined) this.#leave(own);
			},
		});
		return new Response(stream, {
			headers: {
				"cache-control": "no-store",
				"content-type": "text/event-stream",
				// A proxy would hold back events until its buffer is full.
				"x-accel-buffering": "no",
				"x-content-type-options": "nosniff",
			},
		});
	}

	/** Ends all streams; pages open theirs again by themselves. */
	stop(): void {
		for (const reader of [...this.#readers.keys()]) this.#drop(reader);
	}

	#enter(reader: Reader, stillMay: () => boolean): void {
		this.#readers.set(reader, stillMay);
		try {
			if (this.#timer === undefined) {
				this.#source.enter();
				this.#timer = setInterval(() => this.#tick(), this.#options.everyMs);
			}
			reader.enqueue(this.#encoder.encode(this.#source.everything()));
		} catch (error) {
			this.#leave(reader);
			throw error;
		}
	}

	#leave(reader: Reader): void {
		if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#source.leave();
	}

	#drop(reader: Reader): void {
		this.#leave(reader);
		try {
			reader.close();
		} catch {
			// Its client is gone, and closed it.
		}
	}

	/** When there is nothing to tell because the source fails, all readers are dropped: they come back by themselves. */
	#tick(): void {
		let event: Uint8Array | undefined;
		try {
			const text = this.#source.changes();
			event = text === undefined ? undefined : this.#encoder.encode(text);
		} catch {
			this.stop();
			return;
		}
		for (const [reader, stillMay] of [...this.#readers]) {
			try {
				if (this.#isSlow(reader) || !stillMay()) this.#drop(reader);
				else if (event !== undefined) reader.enqueue(event);
			} catch {
				this.#drop(reader);
			}
		}
	}

	#isSlow({ desiredSize }: Reader): boolean {
		return (desiredSize ?? 0) < -this.#options.maxUnread;
	}
}
