type Reader = ReadableStreamDefaultController<Uint8Array>;

/** How much may wait for a reader. */
export interface Unread {
	readonly max: number;
	readonly of: "events" | "bytes";
}

/** A reader's side of a stream of events. */
export interface Reading {
	/** What it is told first, once it is among the readers; see {@link eventText}. What it throws ends the stream. */
	first(): string;
	/** Asked before each event; the stream ends when it says no. */
	stillMay(): boolean;
	/** The stream has ended, from whichever side. */
	left?(): void;
}

/** An event of server-sent events (HTML, section 9.2). @param data Without line ends, such as JSON. */
export function eventText(name: string, data: string): string {
	return `event: ${name}\ndata: ${data}\n\n`;
}

/** A comment, which readers do not hear: it keeps proxies from closing a silent connection. */
export const EVENT_COMMENT = ":\n\n";

/**
 * Readers of one stream of server-sent events. One that does not keep up, or may listen no longer, is dropped; what
 * fails for one does not concern the others.
 */
export class EventReaders {
	readonly #unread: Unread;
	readonly #readers = new Map<Reader, Reading>();
	readonly #encoder = new TextEncoder();

	/** @param unread What may wait for a reader; one that is slower is dropped. */
	constructor(unread: Unread) {
		this.#unread = unread;
	}

	get size(): number {
		return this.#readers.size;
	}

	/**
	 * A response that goes on until its reader leaves or is dropped.
	 * @param fields Header fields besides the usual ones.
	 */
	open(reading: Reading, fields: Readonly<Record<string, string>> = {}): Response {
		let own: Reader | undefined;
		const { max, of } = this.#unread;
		const stream = new ReadableStream<Uint8Array>(
			{
				start: (reader) => {
					own = reader;
					this.#enter(reader, reading);
				},
				cancel: () => {
					if (own !== undefined) this.#leave(own);
				},
			},
			{ highWaterMark: max, size: (event) => (of === "bytes" ? (event?.byteLength ?? 0) : 1) },
		);
		return new Response(stream, {
			headers: {
				...fields,
				"cache-control": "no-store",
				"content-type": "text/event-stream",
				// A proxy would hold back events until its buffer is full.
				"x-accel-buffering": "no",
				"x-content-type-options": "nosniff",
			},
		});
	}

	/**
	 * Tells all readers; undefined: nothing, and those are dropped that may not listen or do not keep up.
	 * @param isFor Whom alone it is told.
	 */
	send(text: string | undefined, isFor: (reading: Reading) => boolean = () => true): void {
		const event = text === undefined ? undefined : this.#encoder.encode(text);
		for (const [reader, reading] of [...this.#readers]) {
			try {
				if (this.#isSlow(reader) || !reading.stillMay()) this.#drop(reader);
				else if (event !== undefined && isFor(reading)) reader.enqueue(event);
			} catch {
				this.#drop(reader);
			}
		}
	}

	/** Ends the stream that has been open for the longest time. */
	dropOldest(): void {
		const [oldest] = this.#readers.keys();
		if (oldest !== undefined) this.#drop(oldest);
	}

	/** Ends all streams; pages open theirs again by themselves. */
	stop(): void {
		for (const reader of [...this.#readers.keys()]) this.#drop(reader);
	}

	#enter(reader: Reader, reading: Reading): void {
		this.#readers.set(reader, reading);
		try {
			reader.enqueue(this.#encoder.encode(reading.first()));
		} catch (error) {
			this.#leave(reader);
			throw error;
		}
	}

	#leave(reader: Reader): void {
		const reading = this.#readers.get(reader);
		if (this.#readers.delete(reader)) reading?.left?.();
	}

	#drop(reader: Reader): void {
		this.#leave(reader);
		try {
			reader.close();
		} catch {
			// Its client is gone, and closed it.
		}
	}

	#isSlow({ desiredSize }: Reader): boolean {
		return (desiredSize ?? 0) < 0;
	}
}
