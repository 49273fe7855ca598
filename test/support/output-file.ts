import { closeSync, openSync, readSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PIECE_BYTES = 1 << 16;

/**
 * Takes what a program writes, in a file without a name. Unlike what comes through a pipe it is there as soon as it was
 * written: a line that the program logs before an answer can be read when the answer is here.
 */
export class OutputFile {
	/** For the program's `stdout` or `stderr`. */
	readonly fd: number;
	readonly #decoder = new TextDecoder();
	readonly #piece = new Uint8Array(PIECE_BYTES);
	#at = 0;
	#text = "";
	#isClosed = false;

	constructor() {
		const path = join(tmpdir(), `iotctl-output-${crypto.randomUUID()}`);
		this.fd = openSync(path, "ax+", 0o600);
		unlinkSync(path);
	}

	/** All that was written so far. */
	get text(): string {
		while (!this.#isClosed) {
			const length = readSync(this.fd, this.#piece, 0, PIECE_BYTES, this.#at);
			if (length === 0) break;
			this.#at += length;
			this.#text += this.#decoder.decode(this.#piece.subarray(0, length), { stream: true });
		}
		return this.#text;
	}

	/** The program has ended; what it wrote can still be read. */
	close(): void {
		void this.text;
		this.#isClosed = true;
		closeSync(this.fd);
	}
}
