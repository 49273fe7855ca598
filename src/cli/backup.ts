import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import { looseFiles, makePrivateDirectory, makePrivateFile, tighten } from "../private-files.ts";
import { StoreReader } from "../store/reader.ts";
import { databasePath } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { readConfig } from "./read-config.ts";

const NAME = /^iottalk-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.db$/;

/**
 * `iotctl backup DIR [--keep N]`: a consistent copy of the database, also while a server runs with it.
 * @param keep Copies to keep in the directory; the oldest go.
 */
export function backup(options: GlobalOptions, directory: string, keep: number | undefined): void {
	const reader = new StoreReader(databasePath(readConfig(options)));
	const name = `iottalk-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.db`;
	const path = join(directory, name);
	try {
		makePrivateDirectory(directory);
		// A copy that was cut short must not look like a whole one.
		makePrivateFile(`${path}.part`);
		reader.copyTo(`${path}.part`);
		renameSync(`${path}.part`, path);
	} catch (error) {
		rmSync(`${path}.part`, { force: true });
		throw new ConfigError(`Cannot write the copy "${path}": ${messageOf(error)}`);
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
		tightened === 0 ? "" : `; took ${tightened} older from other users, who could read them`;
	const removed = old.length === 0 ? "" : `; removed ${old.length} older`;
	process.stdout.write(
		`Wrote ${path}${removed}${closed}. To go back to it: iotctl stop, and copy it over the database\n`,
	);
}
