import { InvariantError } from "../../kit/mod.ts";

const LINE_FEED = 10;
/** `<word> <bytes>\n` is never longer than this. */
const MAX_HEAD_BYTES = 32;

/** A message between host and engine as bytes: `<word> <bytes>\n` and that many bytes of UTF-8 text. */
export function encodeFrame(word: string, text: string): Buffer {
	const head = `${word} ${Buffer.byteLength(text)}\n`;
	return Buffer.from(head + text);
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
	readonly #onFrame: (word: string, text: string) => void;
	readonly #maxBytes: number;
	#parts: Buffer[] = [];
	#bytes = 0;
	/** Bytes that have to be there before it is worth looking again. */
	#wanted = 1;

	/** @param maxBytes Largest frame that is taken. */
	constructor(onFrame: (word: string, text: string) => void, maxBytes: number) {
		this.#onFrame = onFrame;
		this.#maxBytes = maxBytes;
	}

	/**
	 * Takes the next bytes; the caller may reuse them afterwards.
	 * @throws InvariantError when they are not frames, and what the frame's taker throws.
	 */
	read(chunk: Buffer): void {
		if (this.#bytes + chunk.length < this.#wanted) {
			this.#keep(Buffer.from(chunk));
			return;
		}
		const data = this.#bytes === 0 ? chunk : Buffer.concat([...this.#parts, chunk]);
		this.#parts = [];
		this.#bytes = 0;
		let at = 0;
		for (;;) {
			const end = data.indexOf(LINE_FEED, at);
			if ((end < 0 ? data.length : end) - at > MAX_HEAD_BYTES) {
				throw new InvariantError("it sent bytes that are not a frame");
			}
			if (end < 0) {
				this.#wanted = 1;
				break;
			}
			const [word = "", digits = ""] = data.toString("latin1", at, end).split(" ");
			const size = Number(digits);
			if (!Number.isInteger(size) || size < 0 || size > this.#maxBytes) {
				throw new InvariantError(`it sent a frame of ${digits.slice(0, MAX_HEAD_BYTES)} bytes`);
			}
			const next = end + 1 + size;
			if (next > data.length) {
				this.#wanted = next - at;
				break;
			}
			this.#onFrame(word, data.toString("utf8", end + 1, next));
			at = next;
		}
		if (at < data.length) this.#keep(Buffer.from(data.subarray(at)));
	}

	#keep(part: Buffer): void {
		this.#parts.push(part);
		this.#bytes += part.length;
	}
}
