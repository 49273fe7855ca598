import type { Log } from "../kit/mod.ts";
import {
	isNode,
	loadNode,
	Server,
	type ServerHints,
	type ServerModule,
	storeOptions,
} from "../servers/mod.ts";
import type { Config } from "../settings/mod.ts";
import { openStore, type StoreOptions } from "../store/mod.ts";

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
	const servers = modules.map(({ name }) => name);
	const node = isNode(config, servers) ? await loadNode(config, servers, log) : undefined;
	try {
		const own = modules.flatMap(({ schema }) => schema ?? []);
		const schemas = node === undefined ? own : [...own, node.schema];
		const options = asNode(storeOptions(config), config.cluster.name, node?.run);
		const store = await openStore(options, log.component("store"), schemas);
		try {
			return new Server(config, log, modules, { ...hints, store, node });
		} catch (error) {
			await store.close();
			throw error;
		}
	} catch (error) {
		node?.close();
		throw error;
	}
}

function asNode(options: StoreOptions, cluster: string, run: string | undefined): StoreOptions {
	const { postgres } = options;
	if (run === undefined || postgres === undefined) return options;
	return { ...options, postgres: { ...postgres, node: { cluster, run } } };
}
