import { ConfigError, FileLock, LockedError } from "../kit/mod.ts";
import { cannotOpen } from "./cannot-open.ts";

/** Two servers on one database would each overwrite what the other knows. */
export function lock(path: string): FileLock {
	try {
		return FileLock.take(`${path}.lock`);
	} catch (error) {
		if (!(error instanceof LockedError)) throw cannotOpen(path, error);
		const holder = error.pid === undefined ? "another process" : `process ${error.pid}`;
		throw new ConfigError(
			`Cannot use the database "${path}": it is already in use by ${holder}; stop that one (iotctl stop), or set another userdir in [core]`,
		);
	}
}

/** Does something with a database no server uses, and keeps servers off it meanwhile. */
export function withLock<T>(path: string, work: () => T): T {
	const held = lock(path);
	try {
		return work();
	} finally {
		held.release();
	}
}
