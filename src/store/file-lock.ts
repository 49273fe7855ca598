import { dlopen } from "bun:ffi";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

const LOCK_EXCLUSIVE_NOW = 2 | 4;

/** Somebody else holds the lock. */
export class LockedError extends Error {
	override readonly name = "LockedError";

	/** @param pid Process id of the holder as it wrote it down; undefined when it did not get so far. */
	constructor(readonly pid: number | undefined) {
		super(`locked by process ${pid ?? "unknown"}`);
	}
}

/**
 * A lock file held by this process, with its process id inside. The kernel keeps the lock, so it
 * ends with the process however that ends, and a file left behind means nothing.
 */
export class FileLock {
	readonly #file: number;

	private constructor(file: number) {
		this.#file = file;
	}

	/** @throws LockedError when somebody holds it; the system's error when the file cannot be made. */
	static take(path: string): FileLock {
		const file = openSync(path, "a+", 0o600);
		if (!lockNow(file)) {
			closeSync(file);
			const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
			throw new LockedError(Number.isNaN(pid) ? undefined : pid);
		}
		try {
			ftruncateSync(file);
			writeSync(file, `${process.pid}\n`);
			return new FileLock(file);
		} catch (error) {
			closeSync(file);
			throw error;
		}
	}

	release(): void {
		closeSync(this.#file);
	}
}

function lockNow(file: number): boolean {
	const libc = dlopen("libc.so.6", { flock: { args: ["i32", "i32"], returns: "i32" } });
	const result = libc.symbols.flock(file, LOCK_EXCLUSIVE_NOW);
	libc.close();
	return result === 0;
}
