import { dlopen } from "bun:ffi";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { codeOf } from "./errors.ts";

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
			throw new LockedError(pidIn(path));
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

	/** Who holds a lock: `free`, a process id, or `unknown` when the holder has not written it down yet. */
	static holder(path: string): "free" | "unknown" | number {
		let file: number;
		try {
			file = openSync(path, "r");
		} catch (error) {
			if (codeOf(error) === "ENOENT") return "free";
			throw error;
		}
		const isFree = lockNow(file);
		closeSync(file);
		return isFree ? "free" : (pidIn(path) ?? "unknown");
	}

	release(): void {
		closeSync(this.#file);
	}
}

function pidIn(path: string): number | undefined {
	const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
	return Number.isNaN(pid) ? undefined : pid;
}

function lockNow(file: number): boolean {
	const libc = dlopen("libc.so.6", { flock: { args: ["i32", "i32"], returns: "i32" } });
	const result = libc.symbols.flock(file, LOCK_EXCLUSIVE_NOW);
	libc.close();
	return result === 0;
}
