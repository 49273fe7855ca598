import { ConfigError, type Logger } from "../kit/mod.ts";
import { isPostgres, type StoreOptions } from "./place.ts";
import type { SharedDatabase } from "./port.ts";

/**
 * Opens a database of several servers; it connects when it is first asked.
 * @param answerMs How long the database may take to answer.
 * @throws ConfigError when it is not an address of PostgreSQL, or what it names cannot be read.
 */
export async function openShared(
	options: StoreOptions,
	answerMs: number,
	log: Logger,
): Promise<SharedDatabase> {
	if (!isPostgres(options.url)) {
		throw new ConfigError(
			"several servers share a PostgreSQL database only: set type in [core-db]",
		);
	}
	const { PostgresShared } = await import("./postgres/postgres-shared.ts");
	return new PostgresShared(options, answerMs, log);
}
