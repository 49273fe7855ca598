import { ConfigError, type Logger, messageOf } from "../../kit/mod.ts";
import type { PostgresAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import { isLost, stateOf, troubleOf } from "./failures.ts";

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
export function cannotOpen({ text }: PostgresAddress, error: unknown): unknown {
	const reason = error instanceof ConfigError ? undefined : troubleOf(error);
	if (reason === undefined) return error;
	return new ConfigError(`Cannot open the database "${text}": ${reason}`, { cause: error });
}

function whyNot(
	{ text, host, port, user, database, password, sslMode }: PostgresAddress,
	error: unknown,
): ConfigError {
	const because = (reason: string) =>
		new ConfigError(`Cannot open the database "${text}": ${reason}`, { cause: error });
	const state = stateOf(error);
	if (state.startsWith("28")) {
		const missing =
			password === ""
				? "it wants a password; set password-file in [core-db], or IOTCTL_DB_PASSWORD in the environment"
				: `check the user, and the password in password-file or IOTCTL_DB_PASSWORD`;
		return because(`the login of ${user} is refused (${messageOf(error)}); ${missing}`);
	}
	if (state === "3D000") {
		return because(
			`there is no database ${database}; create it with: createdb --owner ${user} --encoding UTF8 --template template0 ${database}`,
		);
	}
	if (
		state.startsWith("ERR_POSTGRES_TLS") ||
		/tls|ssl|certificate|self.signed/i.test(messageOf(error))
	) {
		return because(
			`no encrypted connection (sslmode=${sslMode}): ${messageOf(error)}; set up TLS there, give its authority with sslrootcert, or change sslmode in url`,
		);
	}
	if (isLost(error)) {
		return because(
			`${host}:${port} cannot be reached (${messageOf(error)}); start PostgreSQL there, or change url in [core-db]`,
		);
	}
	return because(messageOf(error));
}
