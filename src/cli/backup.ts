import { accessSync, constants, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
	ConfigError,
	codeOf,
	DeniedError,
	looseFiles,
	makePrivateDirectory,
	makePrivateFile,
	tighten,
} from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { StoreReader, shownUrl } from "../store/mod.ts";
import { quoted } from "./advice.ts";
import { databasePath, isInPostgres } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { isOfOne, readDataConfig, say } from "./read-config.ts";

const NAME = /^iottalk-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.db$/;

function cannotWrite(path: string, error: unknown): ConfigError {
	const what = `Cannot write the backup "${path}"`;
	// SQLite does not say why it cannot make a file.
	const cause = codeOf(error)?.startsWith("SQLITE_CANTOPEN") ? whyNotIn(dirname(path)) : undefined;
	return DeniedError.from(what, dirname(path), cause ?? error);
}

/** The system's error for a file that would be made in a directory. */
function whyNotIn(directory: string): unknown {
	try {
		accessSync(directory, constants.W_OK | constants.X_OK);
		return undefined;
	} catch (error) {
		return error;
	}
}

function forget(path: string): void {
	try {
		rmSync(path, { force: true });
	} catch {
		// What could not be made cannot be removed either.
	}
}

/** @param how A backup of a database in PostgreSQL is handled. @throws ConfigError when the database is there. */
export function refusePostgres(config: Config, how: string): void {
	if (!isInPostgres(config)) return;
	throw new ConfigError(
		`the database is in PostgreSQL, and so are its backups: they are ${how} ${shownUrl(config["core-db"].url)}; what this program reads on any database is written with: iotctl export FILE`,
	);
}

/**
 * `iotctl backup DIR [--keep N]`: a consistent copy of the database, also while a server runs with it.
 * @param keep Copies to keep in the directory; the oldest go.
 */
export function backup(options: GlobalOptions, directory: string, keep: number | undefined): void {
	const config = readDataConfig(options);
	refusePostgres(config, "made with pg_dump --format=custom --file=FILE");
	const reader = new StoreReader(databasePath(config), [], config.databaseSetting);
	const name = `iottalk-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.db`;
	const path = join(directory, name);
	try {
		makePrivateDirectory(directory);
		// A copy that was cut short must not look like a whole one.
		makePrivateFile(`${path}.part`);
		reader.copyTo(`${path}.part`);
		renameSync(`${path}.part`, path);
	} catch (error) {
		forget(`${path}.part`);
		throw cannotWrite(path, error);
	} finally {
		reader.close();
	}
	const copies = readdirSync(directory)
		.filter((file) => NAME.test(file))
		.sort();
	const old = keep === undefined ? [] : copies.slice(0, -keep);
	for (const file of old) rmSync(join(directory, file));
	const tightened = tighten(looseFiles(directory, (file) => NAME.test(file))).length;
	const closed =
		tightened === 0 ? "" : `; restricted ${tightened} older ones that other users could read`;
	const removed = old.length === 0 ? "" : `; removed ${old.length} older ones`;
	const alone = isOfOne(options, config) ? "--alone " : "";
	say(
		options,
		`Wrote ${path}${removed}${closed}. To restore it: iotctl stop, then iotctl restore ${alone}${quoted(path)}\n`,
	);
}
