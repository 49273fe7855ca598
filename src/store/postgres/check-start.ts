import { messageOf } from "../../kit/mod.ts";
import type { ModuleSchema } from "../module-schema.ts";
import type { StoreOptions } from "../place.ts";
import { readAddresses } from "./address.ts";
import { ownerNow } from "./ownership.ts";
import { cannotOpen, connect, noTables } from "./start.ts";
import { PostgresVersions } from "./versions.ts";

/** What of a database is not as it should be, but keeps no server from starting. */
export interface StartNotes {
	/** Which server uses it now, such as `machine (process 7)`. */
	readonly owner: string | undefined;
	/** Why notifications do not come through at `listen-url`. */
	readonly deaf: string | undefined;
}

/**
 * Looks whether a server could start on a PostgreSQL database; changes nothing, and does not wait.
 * @param schemas What the modules of the server keep in it.
 * @param cluster The cluster the server is a node of; undefined: none.
 * @throws ConfigError why it could not: OutdatedDatabaseError when it would make tables, or bring them up to date.
 */
export async function checkStart(
	options: StoreOptions,
	schemas: readonly ModuleSchema[],
	cluster?: string,
): Promise<StartNotes> {
	const { address, listenAt } = readAddresses(options);
	const silent = { warn: () => {} };
	const connection = await connect(address, silent, 0);
	try {
		const versions = new PostgresVersions(address, schemas, options.postgres);
		if (!(await versions.check(connection.ask, true))) throw noTables(address);
		const owner = await ownerNow(connection.ask, cluster, address);
		if (listenAt === address) return { owner, deaf: undefined };
		const deaf = await connect(listenAt, silent, 0).then((other) => other.close(), messageOf);
		return { owner, deaf: deaf ?? undefined };
	} catch (error) {
		throw cannotOpen(address, error);
	} finally {
		connection.close();
	}
}
