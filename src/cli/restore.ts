import { count, DeniedError, makePrivateDirectory } from "../kit/mod.ts";
import { restoreDatabase, withLock } from "../store/mod.ts";
import { databaseFiles, databasePath } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { giveToOwner } from "./ownership.ts";
import { readConfig, say } from "./read-config.ts";

/**
 * `iotctl restore FILE`: goes back to a copy that `iotctl backup` made, while no server runs.
 * @throws ConfigError when a server runs or the copy is invalid; nothing has changed then.
 */
export async function restore(options: GlobalOptions, file: string): Promise<void> {
	const config = readConfig(options);
	const { userdir } = config.core;
	const path = databasePath(config);
	try {
		makePrivateDirectory(userdir);
	} catch (error) {
		throw DeniedError.from(`Cannot create the user directory "${userdir}"`, userdir, error);
	}
	const told = { schemas: await options.modules.schemas(), counted: ["devices", "graphs"] };
	const { counts, keptAs } = withLock(path, () => restoreDatabase(file, path, told));
	giveToOwner(userdir, databaseFiles(config));
	const previous = keptAs === undefined ? "" : ` The previous database is kept as ${keptAs}.`;
	say(
		options,
		`Restored ${file}: ${count(counts.devices ?? 0, "device")}, ${count(counts.graphs ?? 0, "graph")}.${previous} Next: iotctl start\n`,
	);
}
