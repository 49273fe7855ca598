import { ConfigError, codeOf, type Logger, messageOf } from "../../kit/mod.ts";
import { OutdatedDatabaseError } from "../schema-versions.ts";
import type { PostgresAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import { isAboutTls, isLost, stateOf, troubleOf } from "./failures.ts";
import { RESTORE } from "./versions.ts";

/** How long a start waits for a database that cannot be reached. */
const WAIT_MS = 10_000;
const RETRY_MS = 250;

/**
 * Connects to a database. One that cannot be reached, or is starting, is waited for: a machine may start both at once.
 * @throws ConfigError, in one line that says what to do.
 */
export async function connect(
	address: PostgresAddress,
	log: Pick<Logger, "warn">,
	waitMs = WAIT_MS,
): Promise<Connection> {
	const deadline = performance.now() + waitMs;
	let isTold = false;
	for (;;) {
		try {
			return await Connection.open(address);
		} catch (error) {
			const mayCome = isLost(error) || stateOf(error).startsWith("53");
			if (!mayCome || performance.now() > deadline) throw whyNot(address, error);
			if (!isTold) log.warn("waiting for the database", { database: address.text });
			isTold = true;
		}
		await Bun.sleep(RETRY_MS);
	}
}

/** What was thrown while a database was being opened; trouble with it is the operator's to end. */
export function cannotOpen(address: PostgresAddress, error: unknown): unknown {
	const reason = error instanceof ConfigError ? undefined : troubleOf(error);
	if (reason === undefined) return error;
	const advice = adviceFor(address, stateOf(error));
	return new ConfigError(`Cannot open the database "${address.text}": ${reason}; ${advice}`, {
		cause: error,
	});
}

/** The error of a database in which nothing is yet. */
export function noTables({ text }: PostgresAddress): OutdatedDatabaseError {
	return new OutdatedDatabaseError(
		`Cannot read the database "${text}": nothing is in it; create its tables with: iotctl initdb`,
	);
}

function adviceFor({ user, database }: PostgresAddress, state: string): string {
	if (state === "42501") return `${user} in url has to own its tables`;
	if (state === "57014") {
		return `raise its limit: ALTER ROLE ${user} IN DATABASE ${database} SET statement_timeout = 0`;
	}
	if (state === "53100") return "free some space there";
	if (["42P01", "42703"].includes(state)) return RESTORE;
	return "the log of PostgreSQL says more; start again when that has been put right";
}

function whyNot(address: PostgresAddress, error: unknown): ConfigError {
	return new ConfigError(
		`Cannot open the database "${address.text}": ${reasonFor(address, error)}`,
		{
			cause: error,
		},
	);
}

/** In one line, with what to do. */
function reasonFor(address: PostgresAddress, error: unknown): string {
	const { host, port, user, database, sslMode, setting } = address;
	const state = stateOf(error);
	const said = messageOf(error);
	if (state.startsWith("28")) {
		return `the login of ${user} is refused (${said}); ${loginAdvice(address, state)}`;
	}
	if (state === "3D000") {
		return `there is no database ${database}; create it with: createdb --owner ${user} --encoding UTF8 --template template0 ${database}`;
	}
	if (state === "42501") {
		return `${user} may not use it (${said}); allow it: GRANT CONNECT ON DATABASE ${database} TO ${user}`;
	}
	if (state.startsWith("53")) {
		return `${said}; a server needs up to seven: end others, or raise the limit (max_connections, or that of ${user} or ${database})`;
	}
	if (state === "ERR_POSTGRES_UNEXPECTED_MESSAGE") {
		return `what answers at ${host}:${port} is not PostgreSQL; change ${setting}`;
	}
	if (isAboutTls(error)) {
		return `no encrypted connection with sslmode=${sslMode} (${said}); ${tlsAdvice(codeOf(error) ?? "")}`;
	}
	if (isLost(error)) {
		return `${host}:${port} cannot be reached (${said}); start PostgreSQL there, or change ${setting}`;
	}
	if (/AUTH/.test(state)) {
		return `${said}; let it ask for a password (scram-sha-256 in pg_hba.conf there)`;
	}
	return `${said || "it refuses, and does not say why"}; the log of PostgreSQL at ${host}:${port} says more, or change ${setting}`;
}

/** Only a wrong password has a state of its own: whom `pg_hba.conf` or the role keeps out never gets to name one. */
function loginAdvice({ password }: PostgresAddress, state: string): string {
	if (state !== "28P01") return "check the user in url, and pg_hba.conf there";
	return password === ""
		? "it wants a password; set password-file in [core-db], or IOTCTL_DB_PASSWORD in the environment"
		: "check the user, and the password in password-file or IOTCTL_DB_PASSWORD";
}

function tlsAdvice(code: string): string {
	if (code.startsWith("ERR_POSTGRES_TLS")) {
		return "set up TLS there (ssl = on in postgresql.conf), or change sslmode in url";
	}
	if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
		return "name the host in url as its certificate does, or set sslmode=verify-ca";
	}
	if (code === "CERT_HAS_EXPIRED") return "renew its certificate there";
	return "name the PEM file of the authority that signed its certificate with sslrootcert in url";
}
