import { ptr } from "bun:ffi";
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { ConfigError, codeOf } from "./errors.ts";
import { openLibc } from "./libc.ts";

/** `fcntl(2)` on Linux: locks that belong to the open file, not to the process. */
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const F_WRLCK = 1;
const F_UNLCK = 2;
/** Bytes of `struct flock` on 64-bit Linux; its type comes first, and zeros elsewhere mean the whole file. */
const FLOCK_BYTES = 32;
/** Digits. */
const LONGEST_PID = 20;

const libc = openLibc({ fcntl: { args: ["i32", "i32", "ptr"], returns: "i32" } });

/** Another process holds the lock. */
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

	/** @throws LockedError when another process holds it; the system's error when the file cannot be made. */
	static take(path: string): FileLock {
		const file = openSync(path, "a+", 0o600);
		if (typeAfter(file, F_OFD_SETLK) === undefined) {
			const pid = pidIn(file);
			closeSync(file);
			throw new LockedError(pid);
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

	/**
	 * The holder of a lock: `free`, a process id, or `unknown` when the holder has not written it down yet.
	 * Asking takes no lock, so it disturbs no one.
	 */
	static holder(path: string): "free" | "unknown" | number {
		let file: number;
		try {
			file = openSync(path, "r");
		} catch (error) {
			if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(codeOf(error) ?? "")) return "free";
			throw error;
		}
		try {
			const isFree = typeAfter(file, F_OFD_GETLK) === F_UNLCK;
			return isFree ? "free" : (pidIn(file) ?? "unknown");
		} finally {
			closeSync(file);
		}
	}

	release(): void {
		closeSync(this.#file);
	}
}

/** Of the open file: by its name it may be another one by now, or none. */
function pidIn(file: number): number | undefined {
	const text = Buffer.alloc(LONGEST_PID);
	const pid = Number.parseInt(
		text.toString("utf8", 0, readSync(file, text, 0, LONGEST_PID, 0)),
		10,
	);
	return Number.isNaN(pid) ? undefined : pid;
}

/**
 * Asks the kernel about a write lock on a file.
 * @returns the type it answers with; undefined when it refuses.
 * @throws ConfigError where there is no C library to ask it with.
 */
function typeAfter(file: number, command: number): number | undefined {
	const lock = Buffer.alloc(FLOCK_BYTES);
	lock.writeInt16LE(F_WRLCK);
	const system = libc();
	if (system === undefined) throw new ConfigError("Cannot lock files: no Linux C library found");
	const result = system.fcntl(file, command, ptr(lock));
	return result === 0 ? lock.readInt16LE() : undefined;
}
