import { isAbsolute, join } from "node:path";
import { ConfigError } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { DATABASE_PARTS } from "../store/mod.ts";

/** What SQLite and the server keep at a database, whether it is there or not; nothing for one in memory. */
export function databaseFiles(config: Config): string[] {
	if (config["core-db"].url === ":memory:") return [];
	const path = databasePath(config);
	return [...DATABASE_PARTS, ".lock"].map((end) => path + end);
}

/** Where the configured database file is. @throws ConfigError when it is in memory only. */
export function databasePath(config: Config): string {
	const { url } = config["core-db"];
	if (url === ":memory:") {
		throw new ConfigError(
			"the database is in the server's memory only (url = :memory: in [core-db])",
		);
	}
	return isAbsolute(url) ? url : join(config.core.userdir, url);
}
