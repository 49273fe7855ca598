/**
 * Something outside (an HTTP body, an MQTT payload, a command line) is not what
 * the contract allows. The boundary turns it into a reply; it is never a crash.
 */
export class InputError extends Error {
	override readonly name = "InputError";

	/**
	 * @param message What was wrong, in the contract's words where it fixes them.
	 * @param field The offending field, when one can be named.
	 */
	constructor(
		message: string,
		readonly field?: string,
	) {
		super(message);
	}
}

/** A user's function cannot be used: its source does not compile, has no `run`, or failed while it was loaded. */
export class SourceError extends InputError {}

/**
 * The operator has to change something (an ini value, a busy port, a directory)
 * before the program can go on. The command line prints the message and exits 1.
 */
export class ConfigError extends Error {
	override readonly name = "ConfigError";
}

/** Our own promise is broken: logged with its stack, never shown to a client. */
export class InvariantError extends Error {
	override readonly name = "InvariantError";
}

/** The database file is not what SQLite wrote. */
export class DamageError extends Error {
	override readonly name = "DamageError";

	/** Whether an error of SQLite, or one caused by it, says that the file is damaged. */
	static is(error: unknown): boolean {
		return error instanceof DamageError || /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error) ?? "");
	}
}

/**
 * The database did not take a change: the disk is full, read-only, broken, or locked by another
 * program. The boundary tells the client that it may try again.
 */
export class StorageError extends Error {
	override readonly name = "StorageError";

	/** Whether an error of SQLite or the system is about the disk, not about the statement. */
	static isDiskTrouble(error: unknown): boolean {
		return troubleOf(error) !== undefined;
	}

	static from(error: unknown): StorageError {
		const reason = troubleOf(error) ?? messageOf(error);
		return new StorageError(`the server cannot store this now: ${reason}`, { cause: error });
	}
}

/** Another node of the cluster has to make the change, and gets what asked for it as well. */
export class ElsewhereError extends StorageError {}

const DISK_TROUBLE: Readonly<Record<string, string>> = {
	SQLITE_FULL: "its disk is full",
	ENOSPC: "its disk is full",
	SQLITE_READONLY: "its disk is read-only",
	EROFS: "its disk is read-only",
	SQLITE_BUSY: "another program has locked its database",
	SQLITE_IOERR: "a disk I/O error",
	EIO: "a disk I/O error",
	SQLITE_CANTOPEN: "its database cannot be opened",
	SQLITE_CORRUPT: "its database is damaged",
	SQLITE_NOTADB: "its database is damaged",
};

function troubleOf(error: unknown): string | undefined {
	const code = sqliteCode(error) ?? "";
	const known = Object.entries(DISK_TROUBLE).find(([prefix]) => code.startsWith(prefix));
	return known === undefined ? undefined : `${known[1]} (${code})`;
}

/** The code of an error or of what drizzle wrapped in it. */
function sqliteCode(error: unknown): string | undefined {
	return codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
}

/** The text of whatever was thrown; never throws itself. */
export function messageOf(error: unknown): string {
	if (error instanceof Error) return error.message;
	try {
		return String(error);
	} catch {
		// An object without a prototype, or with a `toString` that is not a function.
		return "a value without text was thrown";
	}
}

/** The system's error code (`EADDRINUSE`, `ENOSPC`) of whatever was thrown, if it has one. */
export function codeOf(error: unknown): string | undefined {
	if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
	return typeof error.code === "string" ? error.code : undefined;
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
	EACCES: "permission denied",
	EPERM: "permission denied",
	EROFS: "the disk is read-only",
	ENOSPC: "the disk is full",
	EDQUOT: "disk quota exceeded",
	EIO: "disk I/O error",
	EEXIST: "a file of that name already exists",
	EISDIR: "it is a directory",
	ENOTDIR: "a part of its path is not a directory",
	ENOENT: "no such file or directory",
	ENAMETOOLONG: "the name is too long",
	ELOOP: "too many symbolic links",
	ETXTBSY: "it is a running program",
	EMFILE: "too many open files",
};

/** Why the system refused something, in words; the error's own text where it is none of the system's usual ones. */
export function reasonOf(error: unknown): string {
	return SYSTEM_REASONS[codeOf(error) ?? ""] ?? messageOf(error);
}

/** The system does not let this user at a file. The command line adds whose it is and what to type. */
export class DeniedError extends ConfigError {
	/** @param message What could not be done, without the reason. */
	constructor(
		message: string,
		readonly path: string,
		cause: unknown,
	) {
		super(`${message}: permission denied`, { cause });
	}

	/** A DeniedError where the system says so, else a ConfigError with the reason in words. */
	static from(message: string, path: string, cause: unknown): ConfigError {
		if (["EACCES", "EPERM"].includes(codeOf(cause) ?? "")) {
			return new DeniedError(message, path, cause);
		}
		return new ConfigError(`${message}: ${reasonOf(cause)}`, { cause });
	}
}

const LISTEN_REASONS: Readonly<Record<string, string>> = {
	EADDRINUSE: "the port is in use",
	EADDRNOTAVAIL: "this machine does not have that address",
	EACCES: "permission denied (ports below 1024 require root)",
	ENOTFOUND: "unknown host",
};

/** A listener could not be opened; the command line adds who holds the port, if that can be known. */
export class ListenError extends ConfigError {
	/**
	 * @param what What was to listen: `HTTP`, `HTTPS`, `MQTT`, `WebSocket`.
	 * @param setting The ini key to change, such as `http-port in [core]`.
	 */
	constructor(
		readonly what: string,
		readonly host: string,
		readonly port: number,
		readonly setting: string,
		cause: unknown,
	) {
		const code = codeOf(cause);
		const known = LISTEN_REASONS[code ?? ""];
		// With any other port it would be the same.
		const change = code === "EADDRINUSE" || code === "EACCES" ? setting : "bind in [core]";
		const why = known ?? `invalid address (${messageOf(cause)})`;
		super(`Cannot listen for ${what} on ${host}:${port}: ${why}; change ${change}`, { cause });
		this.isInUse = code === "EADDRINUSE";
	}

	/** Whether another program listens there. */
	readonly isInUse: boolean;
}
