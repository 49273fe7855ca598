import { createLogger } from "../kit/mod.ts";
import { storeOptions } from "../servers/mod.ts";
import type { Config } from "../settings/mod.ts";
import { openRehearsal, openStore, type StorePort } from "../store/mod.ts";
import { databaseFiles, databasePath, isInPostgres } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { giveToOwner } from "./ownership.ts";
import { withCopy } from "./with-copy.ts";

/**
 * Works on the database while no server uses it.
 * @param isDry Whether nothing of it is to stay: then a server may be running.
 * @throws ConfigError when a server runs, or the database is in memory only or cannot be used.
 */
export async function withStore<T>(
	{ modules }: GlobalOptions,
	config: Config,
	isDry: boolean,
	work: (store: StorePort) => Promise<T>,
): Promise<T> {
	const log = createLogger({ level: "warn", format: "text" });
	const schemas = await modules.schemas();
	const worked = async (opening: Promise<StorePort>) => {
		const store = await opening;
		try {
			return await work(store);
		} finally {
			await store.close();
		}
	};
	const options = storeOptions(config);
	if (isDry && isInPostgres(config)) return worked(openRehearsal(options, schemas));
	// What is in memory only is another server's.
	if (!isInPostgres(config)) databasePath(config);
	if (isDry) return withCopy(config, (place) => worked(openStore(place, log, schemas)));
	try {
		return await worked(openStore(options, log, schemas));
	} finally {
		giveToOwner(config.core.userdir, databaseFiles(config));
	}
}
