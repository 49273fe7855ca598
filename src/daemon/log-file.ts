import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

/** A log file that is begun anew when it has grown to its limit; the former one is kept beside it as `.1`. */
export class LogFile {
	readonly #path: string;
	readonly #maxBytes: number;
	#file: number;
	#bytes: number;

	/** @throws the system's error when the file cannot be opened. */
	constructor(path: string, maxBytes: number) {
		this.#path = path;
		this.#maxBytes = maxBytes;
		this.#file = openSync(path, "a", 0o600);
		this.#bytes = fstatSync(this.#file).size;
	}

	/** A full disk must not stop the server: what cannot be written is lost. */
	write(line: string): void {
		try {
			if (this.#bytes >= this.#maxBytes) this.#beginAnew();
			this.#bytes += writeSync(this.#file, line);
		} catch {}
	}

	close(): void {
		closeSync(this.#file);
	}

	#beginAnew(): void {
		renameSync(this.#path, `${this.#path}.1`);
		closeSync(this.#file);
		this.#file = openSync(this.#path, "a", 0o600);
		this.#bytes = 0;
	}
}
