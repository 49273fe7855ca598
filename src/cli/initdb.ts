import { logLevels } from "../config/mod.ts";
import { createLogger } from "../kit/mod.ts";
import { Store } from "../store/mod.ts";
import { databaseFiles } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { giveToOwner } from "./ownership.ts";
import { readConfig } from "./read-config.ts";

/** `iotctl initdb`: creates the database, or brings an older one up to date. */
export async function initdb(options: GlobalOptions): Promise<void> {
	const config = readConfig(options);
	const { userdir } = config.core;
	const store = new Store(
		{ userdir, url: config["core-db"].url },
		createLogger({ ...logLevels(config), format: config.log.format }),
		await options.modules.schemas(),
	);
	await store.close();
	giveToOwner(userdir, databaseFiles(config));
	print(`The database is ready: ${store.path}\n`);
}
