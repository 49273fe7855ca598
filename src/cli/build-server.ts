import type { Log } from "../kit/mod.ts";
import {
	refuseCluster,
	Server,
	type ServerHints,
	type ServerModule,
	storeOptions,
} from "../servers/mod.ts";
import type { Config } from "../settings/mod.ts";
import { openStore } from "../store/mod.ts";

/**
 * Opens the database and builds a server on it.
 * @throws ConfigError when it cannot be opened, or the server cannot be built.
 */
export async function buildServer(
	config: Config,
	log: Log,
	modules: readonly ServerModule[],
	hints: ServerHints = {},
): Promise<Server> {
	refuseCluster(config);
	const schemas = modules.flatMap(({ schema }) => schema ?? []);
	const store = await openStore(storeOptions(config), log.component("store"), schemas);
	try {
		return new Server(config, log, modules, { ...hints, store });
	} catch (error) {
		await store.close();
		throw error;
	}
}
