import { isAbsolute, join } from "node:path";
import type { Logger } from "../kit/mod.ts";
import { AccountsFile } from "./accounts-file.ts";
import type { ModuleSchema } from "./module-schema.ts";
import { openStore } from "./open-store.ts";
import { isPostgres, type StoreOptions } from "./place.ts";
import type { OpenAccounts, ReaderPort, StorePort } from "./port.ts";
import type { StartNotes } from "./postgres/check-start.ts";
import { StoreReader } from "./reader.ts";
import { isInUse } from "./store.ts";

/**
 * Opens a database of either kind to read it, also while a server uses it.
 * @param schemas What is going to be read must be of this program's version.
 * @throws ConfigError when it cannot be read.
 */
export async function openReader(
	options: StoreOptions,
	schemas: readonly ModuleSchema[] = [],
): Promise<ReaderPort> {
	if (!isPostgres(options.url)) return new StoreReader(pathOf(options), schemas, options.setting);
	const { PostgresReader } = await import("./postgres/postgres-reader.ts");
	return PostgresReader.open(options, schemas);
}

/** Opens a PostgreSQL database in which nothing stays, also while a server uses it. @throws ConfigError */
export async function openRehearsal(
	options: StoreOptions,
	schemas: readonly ModuleSchema[],
): Promise<StorePort> {
	const { Rehearsal } = await import("./postgres/rehearsal.ts");
	return Rehearsal.open(options, schemas);
}

/** As `checkStart` of PostgreSQL. */
export async function checkPostgres(
	options: StoreOptions,
	schemas: readonly ModuleSchema[],
	cluster?: string,
): Promise<StartNotes> {
	const { checkStart } = await import("./postgres/check-start.ts");
	return checkStart(options, schemas, cluster);
}

/**
 * Opens the accounts of a database of either kind, which is created or brought up to date where no server uses it.
 * @throws ConfigError when it cannot be used.
 */
export async function openAccounts(options: StoreOptions, log: Logger): Promise<OpenAccounts> {
	if (isPostgres(options.url)) {
		const { openPostgresAccounts } = await import("./postgres/open-accounts.ts");
		return openPostgresAccounts(options, log);
	}
	const path = pathOf(options);
	if (!isInUse(path)) await (await openStore(options, log)).close();
	return new AccountsFile(path);
}

function pathOf({ userdir, url }: StoreOptions): string {
	return isAbsolute(url) ? url : join(userdir, url);
}
