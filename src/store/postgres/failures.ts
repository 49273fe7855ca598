import { codeOf, messageOf, StorageError } from "../../kit/mod.ts";

/** Codes of the driver and states of SQL that mean that the connection is gone, by how they begin. */
const LOST = [
	...["ERR_POSTGRES_CONNECTION", "ERR_POSTGRES_IDLE", "ERR_POSTGRES_LIFETIME"],
	...["57P", "08", "25P03"],
];

/**
 * What the database itself cannot do now, by how the state of SQL begins; the longer ones first. A list: an object would
 * have its keys that are numbers in order of size.
 */
const UNABLE: readonly (readonly [start: string, what: string])[] = [
	["25006", "its database takes no changes at the moment"],
	["53100", "the disk of its database is full"],
	["53300", "its database has too many connections"],
	["53", "its database is out of resources"],
	["40", "its database cancelled the change"],
	["55P03", "another program holds what it needs of its database"],
	["57014", "its database cancelled the change"],
	["58", "its database has an error of its system"],
	["XX", "its database has an internal error"],
	["28", "its database refuses the login"],
	["3D", "its database is not there any more"],
	["42P01", "a table of its database is missing"],
	["42501", "its database does not allow it"],
	["42703", "a column of its database is missing"],
];

/** The database did not answer in time. */
export class SilentError extends Error {
	override readonly name = "SilentError";
}

/** The state of SQL that an error of the driver has (`23505`), or else the driver's own code. */
export function stateOf(error: unknown): string {
	const hasState = typeof error === "object" && error !== null && "errno" in error;
	return hasState && typeof error.errno === "string" ? error.errno : (codeOf(error) ?? "");
}

/** Whether an error says that the connection is gone: nothing is known of what was asked last. */
export function isLost(error: unknown): boolean {
	const state = stateOf(error);
	return error instanceof SilentError || LOST.some((start) => state.startsWith(start));
}

/** A deadlock, and a transaction that did not fit to one at the same time: the same may well succeed once more. */
const IN_THE_WAY = ["40P01", "40001"];

/** Whether the database gave up a transaction since another one was in its way: all of it can be done again at once. */
export function isInTheWay(error: unknown): boolean {
	return IN_THE_WAY.includes(stateOf(error));
}

/** Codes of a connection that could not be encrypted, or of a certificate that is not trusted. */
const TLS = /TLS|SSL|CERT|ISSUER|SIGNATURE/;

/** Whether an error is about the encryption of a connection. */
export function isAboutTls(error: unknown): boolean {
	return TLS.test(codeOf(error) ?? "");
}

/** Why the database does not help at the moment; undefined: the error is about what was asked. */
export function troubleOf(error: unknown): string | undefined {
	if (error instanceof SilentError) return "its database does not answer";
	const state = stateOf(error);
	if (state === "ERR_POSTGRES_CONNECTION_REFUSED") return "its database cannot be reached";
	if (state === "ERR_POSTGRES_CONNECTION_TIMEOUT") return "its database does not answer";
	if (state === "57P03") return "its database is starting or stopping";
	if (isLost(error)) return "the connection to its database was lost";
	if (isAboutTls(error)) return `its database cannot be reached with TLS (${messageOf(error)})`;
	const known = UNABLE.find(([start]) => state.startsWith(start));
	return known === undefined ? undefined : `${known[1]} (${messageOf(error)})`;
}

/** The error of a change that could not be stored. */
export function cannotStore(error: unknown): StorageError {
	if (error instanceof StorageError) return error;
	const reason = troubleOf(error) ?? messageOf(error);
	return new StorageError(`the server cannot store this now: ${reason}`, { cause: error });
}

/** The error of a read that failed; what is about the question itself stays as it is. */
export function cannotRead(error: unknown): unknown {
	return cannot("read", error);
}

/** The error of a change by a command; what is about the change itself stays as it is. */
export function cannotChange(error: unknown): unknown {
	return cannot("store", error);
}

function cannot(verb: string, error: unknown): unknown {
	const reason = troubleOf(error);
	if (reason === undefined || error instanceof StorageError) return error;
	return new StorageError(`the server cannot ${verb} this now: ${reason}`, { cause: error });
}
