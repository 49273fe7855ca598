import { createLogger } from "../log.ts";
import { Store } from "../store/store.ts";
import type { GlobalOptions } from "./cli.ts";
import { readConfig } from "./read-config.ts";

/** `iotctl initdb`: creates the database, or brings an older one up to date. */
export async function initdb(options: GlobalOptions): Promise<void> {
	const config = readConfig(options);
	const { userdir } = config.core;
	const store = new Store({ userdir, url: config["core-db"].url }, createLogger(config.log));
	await store.close();
	process.stdout.write(`The database is ready: ${store.path}\n`);
}
