import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { codeOf, type LineSink, messageOf } from "../kit/mod.ts";

/** A log file that is rotated when it has grown to its limit; the previous one is kept beside it as `.1`. */
export class LogFile implements LineSink {
	onRecovered: LineSink["onRecovered"];
	readonly #path: string;
	readonly #maxBytes: number;
	#file: number;
	#bytes: number;
	/** Whether the last line was cut by a full disk. */
	#isTorn = false;
	#lost = 0;
	#reason = "";

	/** @throws the system's error when the file cannot be opened. */
	constructor(path: string, maxBytes: number) {
		this.#path = path;
		this.#maxBytes = maxBytes;
		this.#file = openSync(path, "a", 0o600);
		this.#bytes = fstatSync(this.#file).size;
	}

	/** A full disk must not stop the server: what cannot be written is counted, and lost. */
	write(line: string): void {
		try {
			if (this.#bytes >= this.#maxBytes) this.#rotate();
			this.#append(this.#isTorn ? `\n${line}` : line);
		} catch (error) {
			this.#lost += 1;
			this.#reason = messageOf(error);
			return;
		}
		if (this.#lost === 0) return;
		const lost = this.#lost;
		this.#lost = 0;
		this.onRecovered?.(lost, this.#reason);
	}

	close(): void {
		closeSync(this.#file);
	}

	/** @throws the system's error when not all of it could be written. */
	#append(text: string): void {
		const data = Buffer.from(text);
		let at = 0;
		try {
			while (at < data.length) at += writeSync(this.#file, data, at);
			this.#isTorn = false;
		} catch (error) {
			// Only what follows a part of a line is cut off from it.
			this.#isTorn ||= at > 0;
			throw error;
		} finally {
			this.#bytes += at;
		}
	}

	/** The old file is closed when there is a new one: a closed descriptor may be reused for something else. */
	#rotate(): void {
		try {
			renameSync(this.#path, `${this.#path}.1`);
		} catch (error) {
			// Moved already, when there was no room for a new one; or by another program.
			if (codeOf(error) !== "ENOENT") throw error;
		}
		const file = openSync(this.#path, "a", 0o600);
		closeSync(this.#file);
		this.#file = file;
		this.#bytes = 0;
	}
}
