import { createLogger } from "../kit/mod.ts";
import { type AccountRows, AccountsFile, isInUse, Store } from "../store/mod.ts";
import { databaseFiles, databasePath } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { giveToOwner } from "./ownership.ts";
import { readDataConfig } from "./read-config.ts";

/** Works on the accounts; a server that runs notices within a second. */
export async function withAccounts<T>(
	options: GlobalOptions,
	work: (accounts: AccountRows) => Promise<T>,
): Promise<T> {
	const config = readDataConfig(options);
	const path = databasePath(config);
	if (!isInUse(path)) {
		// Makes the database, or brings it up to date.
		const log = createLogger({ level: "warn", format: "text" });
		await new Store({ userdir: config.core.userdir, url: config["core-db"].url }, log).close();
	}
	const file = new AccountsFile(path);
	try {
		return await work(file.accounts);
	} finally {
		file.close();
		giveToOwner(config.core.userdir, databaseFiles(config));
	}
}

/** A time as lists of accounts show it. @param seconds Unix time. */
export function dateOf(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}
