import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeniedError, FileLock } from "../kit/mod.ts";
import { URL_SETTING } from "./place.ts";

/** As `url` in `[core-db]`: the database does not outlive the server. */
export const IN_MEMORY = ":memory:";

/** Memory that looks like a directory, on Linux. */
const SHARED_MEMORY = "/dev/shm";
const PREFIX = "iotctl-memory-";
const NAME = "iottalk.db";

/**
 * Makes the private directory of a database that does not outlive the server, in memory where the system has a place
 * for that: two connections can share a file, but not SQLite's own memory.
 * @returns the database's path.
 * @throws ConfigError when it cannot be made.
 */
export function makeMemoryFile(setting = URL_SETTING): string {
	const parent =
		process.env.TMPDIR === undefined && isUsable(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir();
	try {
		removeLeftovers(parent);
		return join(mkdtempSync(join(parent, PREFIX)), NAME);
	} catch (error) {
		throw DeniedError.from(
			`Cannot create a directory in "${parent}" for the database (${setting} is ${IN_MEMORY}); set TMPDIR to a directory that can be written`,
			parent,
			error,
		);
	}
}

/** Removes the directory of {@link makeMemoryFile}, once SQLite has closed the file. */
export function removeMemoryFile(path: string): void {
	rmSync(join(path, ".."), { recursive: true, force: true });
}

function isUsable(directory: string): boolean {
	try {
		accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Removes what servers of this user left behind that were killed. */
function removeLeftovers(parent: string): void {
	for (const name of readdirSync(parent).filter((name) => name.startsWith(PREFIX))) {
		const directory = join(parent, name);
		try {
			const isOurs = statSync(directory).uid === process.geteuid?.();
			const lock = `${join(directory, NAME)}.lock`;
			const isOver = statSync(lock, { throwIfNoEntry: false }) !== undefined;
			if (isOurs && isOver && FileLock.holder(lock) === "free") {
				rmSync(directory, { recursive: true });
			}
		} catch {
			// Another start removes it as well, or the system does not allow it: that must not keep us from starting.
		}
	}
}
