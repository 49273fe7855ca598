import type { Logger } from "../kit/mod.ts";
import type { ModuleSchema } from "./module-schema.ts";
import { isPostgres, type StoreOptions } from "./place.ts";
import type { StorePort } from "./port.ts";
import { Store } from "./store.ts";

/**
 * Opens a database of either kind, creating its tables or bringing them up to date; no other server can use it meanwhile.
 * @param schemas What the modules of this program keep in it.
 * @throws ConfigError when it cannot be used.
 */
export async function openStore(
	options: StoreOptions,
	log: Logger,
	schemas: readonly ModuleSchema[] = [],
): Promise<StorePort> {
	if (!isPostgres(options.url)) return new Store(options, log, schemas);
	// Who keeps everything in a file loads nothing of it.
	const { PostgresStore } = await import("./postgres/postgres-store.ts");
	return PostgresStore.open(options, log, schemas);
}
