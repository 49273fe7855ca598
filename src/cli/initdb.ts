import { Store } from "../store/store.ts";
import type { GlobalOptions } from "./cli.ts";
import { readConfig } from "./read-config.ts";

/** `iotctl initdb`: creates the database, or brings an older one up to date. */
export function initdb(options: GlobalOptions): void {
	const config = readConfig(options);
	const store = new Store({ userdir: config.core.userdir, url: config["core-db"].url });
	store.close();
	process.stdout.write(`The database is ready: ${store.path}\n`);
}
