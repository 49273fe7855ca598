import { constants, Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../kit/mod.ts";
import type { ModuleSchema } from "./module-schema.ts";
import { URL_SETTING } from "./place.ts";
import { SchemaVersions } from "./schema-versions.ts";

/**
 * Looks at a database before anything is done to it, and leaves no trace: no lock, no file beside it, and what is
 * there keeps its bytes, mode and time. Says nothing of a file that is missing, damaged or not to be read.
 * @throws ConfigError when another or a newer program made it.
 */
export function lookAt(
	path: string,
	schemas: readonly ModuleSchema[],
	setting = URL_SETTING,
): void {
	const connection = connectionTo(path);
	if (connection === undefined) return;
	let sqlite: Database | undefined;
	try {
		sqlite = new Database(connection, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
		new SchemaVersions(path, sqlite, schemas, setting);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		// Opening it in earnest says what is wrong.
	} finally {
		sqlite?.close();
	}
}

/**
 * How SQLite reads it without a trace; undefined when it cannot. With a log beside it, the file alone is old, or a
 * mixture after a checkpoint that was broken off: what it seems to be then means nothing.
 */
function connectionTo(path: string): string | undefined {
	if (statOf(path)?.isFile() !== true) return undefined;
	const { href } = pathToFileURL(path);
	if ((statOf(`${path}-wal`)?.size ?? 0) === 0) return `${href}?mode=ro&immutable=1`;
	return statOf(`${path}-shm`) === undefined ? undefined : `${href}?mode=ro&readonly_shm=1`;
}

function statOf(path: string) {
	try {
		return statSync(path, { throwIfNoEntry: false });
	} catch {
		return undefined;
	}
}
