/** Where lines of the log go. */
export interface LineSink {
	/** Never throws. */
	write(line: string): void;
	/** Called once when lines can be written again after some were lost. */
	onRecovered: ((lost: number, reason: string) => void) | undefined;
}

/** A stream as Node's and Bun's: `written` is called with an error or none, once it is decided. */
export interface LineStream {
	write(line: string, written: (error?: Error | null) => void): unknown;
	on(event: "error", listener: (error: Error) => void): unknown;
}

/** Bytes that may wait for the reader. */
const MAX_WAITING_BYTES = 1 << 20;

/**
 * Counts lines that cannot be written (no room on the device, a reader that is gone or does not read)
 * instead of failing or waiting: trouble of the log must not become trouble of the server.
 */
export class StreamSink implements LineSink {
	onRecovered: LineSink["onRecovered"];
	readonly #stream: LineStream;
	#waiting = 0;
	#lost = 0;
	#reason = "";

	constructor(stream: LineStream) {
		this.#stream = stream;
		// Without a listener, a failed write would be an uncaught exception, which would be logged.
		stream.on("error", () => {});
	}

	write(line: string): void {
		const bytes = Buffer.byteLength(line);
		if (this.#waiting + bytes > MAX_WAITING_BYTES) {
			this.#lose("its reader does not read");
			return;
		}
		this.#waiting += bytes;
		try {
			this.#stream.write(line, (error) => {
				this.#waiting -= bytes;
				if (error) this.#lose(error.message);
				else this.#recover();
			});
		} catch (error) {
			this.#waiting -= bytes;
			this.#lose(error instanceof Error ? error.message : String(error));
		}
	}

	#lose(reason: string): void {
		this.#lost += 1;
		this.#reason = reason;
	}

	#recover(): void {
		if (this.#lost === 0) return;
		const lost = this.#lost;
		this.#lost = 0;
		this.onRecovered?.(lost, this.#reason);
	}
}
