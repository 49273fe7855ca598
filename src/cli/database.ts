import { isAbsolute, join } from "node:path";
import { ConfigError } from "../kit/mod.ts";
import { storeOptions } from "../servers/mod.ts";
import type { Config } from "../settings/mod.ts";
import { DATABASE_PARTS, isPostgres, LOCAL_FILE, shownUrl, URL_SETTING } from "../store/mod.ts";

/** Whether the configured database is in PostgreSQL. */
export function isInPostgres(config: Config): boolean {
	return isPostgres(config["core-db"].url);
}

/** What SQLite and the server keep on this machine, whether it is there or not; nothing for a database in memory. */
export function databaseFiles(config: Config): string[] {
	if (config["core-db"].url === ":memory:") return [];
	const path = localPath(config);
	return [...DATABASE_PARTS, ".lock"].map((end) => path + end);
}

/**
 * Where the file of this machine is: the database, or what the built-in broker keeps beside one in PostgreSQL.
 * @throws ConfigError when it is in memory only.
 */
export function localPath(config: Config): string {
	return isInPostgres(config) ? join(config.core.userdir, LOCAL_FILE) : databasePath(config);
}

/**
 * Where the configured database file is.
 * @throws ConfigError when it is in memory only, in PostgreSQL, or its address is not one of its type.
 */
export function databasePath(config: Config): string {
	storeOptions(config);
	const { "core-db": db, databaseSetting: setting = URL_SETTING } = config;
	const { url } = db;
	if (url === ":memory:") {
		throw new ConfigError(`the database is in the server's memory only (${setting} is :memory:)`);
	}
	if (isPostgres(url)) {
		throw new ConfigError(`the database is not a file: ${setting} is ${shownUrl(url)}`);
	}
	return isAbsolute(url) ? url : join(config.core.userdir, url);
}
