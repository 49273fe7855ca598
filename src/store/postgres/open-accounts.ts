import type { Logger } from "../../kit/mod.ts";
import { AccountRows } from "../accounts.ts";
import type { StoreOptions } from "../place.ts";
import type { OpenAccounts } from "../port.ts";
import { storeTables } from "../schema.ts";
import { OutdatedDatabaseError } from "../schema-versions.ts";
import { readAddress } from "./address.ts";
import { postgresColumns } from "./columns.ts";
import type { Ask } from "./connection.ts";
import { cannotChange, cannotRead } from "./failures.ts";
import { handleOver } from "./handle.ts";
import { PostgresStore } from "./postgres-store.ts";
import { cannotOpen, connect } from "./start.ts";
import { PostgresVersions } from "./versions.ts";

/** As `openAccounts`. Each statement is a transaction of its own, and a server hears of it at once. */
export async function openPostgresAccounts(
	options: StoreOptions,
	log: Logger,
): Promise<OpenAccounts> {
	const address = readAddress(options.url, options);
	const connection = await connect(address, log, 0);
	try {
		const versions = new PostgresVersions(address, [], options.postgres);
		const isThere = await versions.check(connection.ask).catch((error) => {
			if (error instanceof OutdatedDatabaseError) return false;
			throw error;
		});
		if (!isThere) await (await PostgresStore.open(options, log, [])).close();
		const tables = storeTables(postgresColumns);
		const ask: Ask = (text, params) =>
			connection.ask(text, params).catch((error) => {
				throw /^select/i.test(text) ? cannotRead(error) : cannotChange(error);
			});
		const accounts = new AccountRows(handleOver(ask), tables);
		return { accounts, close: () => connection.close() };
	} catch (error) {
		connection.close();
		throw cannotOpen(address, error);
	}
}
