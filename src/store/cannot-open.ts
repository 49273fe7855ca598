import { accessSync, constants, lstatSync, readlinkSync, statSync } from "node:fs";
import { dirname } from "node:path";
import {
	ConfigError,
	codeOf,
	DamageError,
	DeniedError,
	reasonOf,
	StorageError,
} from "../kit/mod.ts";
import { URL_SETTING } from "./place.ts";

/** Codes of a disk without room, SQLite's and the system's. */
const FULL = ["SQLITE_FULL", "ENOSPC"];

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
export function cannotOpen(path: string, error: unknown, setting = URL_SETTING): unknown {
	if (error instanceof ConfigError || DamageError.is(error)) return error;
	const cause = whyNot(path, setting);
	if (cause !== undefined) return cause;
	const what = `Cannot open the database "${path}"`;
	const code = codeOf(error) ?? "";
	if (FULL.some((known) => code.startsWith(known))) {
		const free = `df -h "${dirname(path)}" shows how much there is`;
		return new ConfigError(`${what}: the disk is full; free some space (${free})`, {
			cause: error,
		});
	}
	if (!code.startsWith("SQLITE_")) return DeniedError.from(what, path, error);
	const reason = StorageError.isDiskTrouble(error)
		? StorageError.from(error).message
		: reasonOf(error);
	return new ConfigError(`${what}: ${reason}`, { cause: error });
}

/**
 * Why a database is not opened through a symbolic link: what SQLite keeps beside it is beside the file itself. Undefined:
 * there is none.
 */
export function linkProblem(path: string, setting = URL_SETTING): string | undefined {
	try {
		if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
		return `it is a symbolic link; set ${setting} to the file itself: ${readlinkSync(path)}`;
	} catch {
		// Whatever keeps us from looking is found by those that open it.
		return undefined;
	}
}

/**
 * Why a database cannot be opened, as far as the file itself tells and its directory, in which SQLite keeps two more;
 * undefined when all is well. A file that may only be read counts: SQLite would open it, and fail at the first change.
 */
export function whyNot(path: string, setting = URL_SETTING): ConfigError | undefined {
	const what = `Cannot open the database "${path}"`;
	const link = linkProblem(path, setting);
	if (link !== undefined) return new ConfigError(`${what}: ${link}`);
	const folder = dirname(path);
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		if (found !== undefined && !found.isFile()) {
			const kind = found.isDirectory() ? "it is a directory" : "it is not a regular file";
			return new ConfigError(`${what}: ${kind}; choose another file with ${setting}`);
		}
		if (found !== undefined) accessSync(path, constants.R_OK | constants.W_OK);
	} catch (error) {
		return DeniedError.from(what, path, error);
	}
	try {
		accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
		return undefined;
	} catch (error) {
		// The directory keeps us out, and not the file: advice names it.
		return DeniedError.from(what, folder, error);
	}
}
