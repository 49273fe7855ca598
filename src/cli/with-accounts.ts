import { createLogger } from "../kit/mod.ts";
import { storeOptions } from "../servers/mod.ts";
import { type AccountRows, openAccounts } from "../store/mod.ts";
import { databaseFiles, databasePath, isInPostgres } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { giveToOwner } from "./ownership.ts";
import { readDataConfig } from "./read-config.ts";

/** Works on the accounts; a server that runs notices within a second. */
export async function withAccounts<T>(
	options: GlobalOptions,
	work: (accounts: AccountRows) => Promise<T>,
): Promise<T> {
	const config = readDataConfig(options);
	if (!isInPostgres(config)) databasePath(config);
	const log = createLogger({ level: "warn", format: "text" });
	const opened = await openAccounts(storeOptions(config), log);
	try {
		return await work(opened.accounts);
	} finally {
		opened.close();
		giveToOwner(config.core.userdir, databaseFiles(config));
	}
}

/** A time as lists of accounts show it. @param seconds Unix time. */
export function dateOf(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}
