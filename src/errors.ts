/**
 * Something outside (an HTTP body, an MQTT payload, a command line) is not what
 * the contract allows. The border turns it into a reply; it is never a crash.
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

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** The system's error code (`EADDRINUSE`, `ENOSPC`) of whatever was thrown, if it has one. */
export function codeOf(error: unknown): string | undefined {
	if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
	return typeof error.code === "string" ? error.code : undefined;
}

/** A listener could not be opened; the command line adds who holds the port, if that can be known. */
export class ListenError extends ConfigError {
	/**
	 * @param what What was to listen: `HTTP`, `MQTT`, `WebSocket`.
	 * @param setting The ini key to change, such as `http-port in [core]`.
	 */
	constructor(
		what: string,
		readonly host: string,
		readonly port: number,
		readonly setting: string,
		cause: unknown,
	) {
		const why = codeOf(cause) === "EADDRINUSE" ? "the port is in use" : messageOf(cause);
		super(`Cannot listen for ${what} on ${host}:${port}: ${why}; change ${setting}`, { cause });
	}
}
