import { isAbsolute, join } from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../errors.ts";

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
