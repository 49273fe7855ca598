import { count, DeniedError, makePrivateDirectory } from "../kit/mod.ts";
import type { ModuleList } from "../servers/mod.ts";
import { restoreDatabase, withLock } from "../store/mod.ts";
import { refusePostgres } from "./backup.ts";
import { databaseFiles, databasePath } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { giveToOwner } from "./ownership.ts";
import { readDataConfig, say } from "./read-config.ts";

/** Also where there are none. */
const ALWAYS_TOLD = { devices: "device", graphs: "graph" };

/**
 * `iotctl restore FILE`: goes back to a copy that `iotctl backup` made, while no server runs.
 * @param alone Into the database of a server of CCM alone.
 * @throws ConfigError when a server runs or the copy is invalid; nothing has changed then.
 */
export async function restore(options: GlobalOptions, file: string, alone = false): Promise<void> {
	const config = readDataConfig(options, alone);
	refusePostgres(
		config,
		"restored, after iotctl stop, with pg_restore --clean --if-exists --single-transaction FILE --dbname",
	);
	const { userdir } = config.core;
	const path = databasePath(config);
	try {
		makePrivateDirectory(userdir);
	} catch (error) {
		throw DeniedError.from(`Cannot create the user directory "${userdir}"`, userdir, error);
	}
	const nouns = await countedIn(options.modules);
	const told = { schemas: await options.modules.schemas(), counted: Object.keys(nouns) };
	const { counts, keptAs } = withLock(path, () => restoreDatabase(file, path, told));
	giveToOwner(userdir, databaseFiles(config));
	const previous = keptAs === undefined ? "" : ` The previous database is kept as ${keptAs}.`;
	say(options, `Restored ${file}: ${saidOf(counts, nouns)}.${previous} Next: iotctl start\n`);
}

/** Tables whose rows are told, with the word for one. */
async function countedIn(modules: ModuleList): Promise<Record<string, string>> {
	const nouns: Record<string, string> = { ...ALWAYS_TOLD };
	for (const { data } of modules.declared) Object.assign(nouns, (await data?.())?.counted);
	return nouns;
}

function saidOf(
	counts: Readonly<Record<string, number>>,
	nouns: Readonly<Record<string, string>>,
): string {
	return Object.entries(nouns)
		.map(([table, noun]): [string, string, number] => [table, noun, counts[table] ?? 0])
		.filter(([table, , number]) => table in ALWAYS_TOLD || number > 0)
		.map(([, noun, number]) => count(number, noun))
		.join(", ");
}
