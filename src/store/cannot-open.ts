import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import {
	ConfigError,
	codeOf,
	DamageError,
	DeniedError,
	reasonOf,
	StorageError,
} from "../kit/mod.ts";

/** Whether there is a file; false for none. @throws ConfigError when the system does not let us look. */
export function isThere(path: string): boolean {
	try {
		return statSync(path, { throwIfNoEntry: false }) !== undefined;
	} catch (error) {
		if (codeOf(error) === "ENOTDIR") return false;
		throw DeniedError.from(`Cannot look for the database "${path}"`, path, error);
	}
}

/**
 * The error of a database that cannot be opened, in the system's words: SQLite only says that it cannot. What is
 * about the database's contents stays as it is.
 */
export function cannotOpen(path: string, error: unknown): unknown {
	if (error instanceof ConfigError || DamageError.is(error)) return error;
	const what = `Cannot open the database "${path}"`;
	const cause = whyNot(path);
	if (cause !== undefined) return DeniedError.from(what, path, cause);
	if (codeOf(error)?.startsWith("SQLITE_") !== true) return DeniedError.from(what, path, error);
	const reason = StorageError.isDiskTrouble(error)
		? StorageError.from(error).message
		: reasonOf(error);
	return new ConfigError(`${what}: ${reason}`, { cause: error });
}

/** The system's error about the file or its directory, where SQLite keeps two more; undefined when all is well. */
function whyNot(path: string): unknown {
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		if (found?.isDirectory()) return Object.assign(new Error(), { code: "EISDIR" });
		accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK);
		if (found !== undefined) accessSync(path, constants.R_OK | constants.W_OK);
		return undefined;
	} catch (error) {
		return error;
	}
}
