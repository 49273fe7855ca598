import { logLevels } from "../config/mod.ts";
import { ConfigError, createLogger, InputError, withPlainNumbers } from "../kit/mod.ts";
import { type ModuleData, storeOptions } from "../servers/mod.ts";
import { openStore, type StorePort } from "../store/mod.ts";
import { confirm } from "./confirm.ts";
import { databaseFiles } from "./database.ts";
import { readJsonFile } from "./json-file.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { giveToOwner } from "./ownership.ts";
import { readConfig } from "./read-config.ts";

/** What `iotctl initdb NAME` does besides making tables. */
export interface InitdbOptions {
	/** Remove the module's data first. */
	readonly reset?: boolean;
	/** Do not ask. */
	readonly yes?: boolean;
	/** Leave default data out. */
	readonly empty?: boolean;
	/** A seed file. */
	readonly import?: string;
	/** The database of a server that has this module alone. */
	readonly alone?: boolean;
}

/**
 * `iotctl initdb [NAME]`: creates the database, or brings an older one up to date; with the name of a module with data of
 * its own loads those too.
 * @throws ConfigError when the database or a file cannot be used, or a reset was not wanted.
 */
export async function initdb(
	options: GlobalOptions,
	name?: string,
	how: InitdbOptions = {},
): Promise<void> {
	const { modules } = options;
	const data = await modules.declared.find((module) => module.name === name)?.data?.();
	const file = how.import === undefined ? undefined : readSeed(how.import);
	const ini = readConfig(options);
	const config = how.alone && name !== undefined ? modules.configure([name], ini) : ini;
	const { userdir } = config.core;
	const store = await openStore(
		storeOptions(config),
		createLogger({ ...logLevels(config), format: config.log.format }),
		await modules.schemas(),
	);
	let there: string | undefined;
	try {
		if (data !== undefined) there = await load(data, store, how, file);
	} finally {
		await store.close();
		giveToOwner(userdir, databaseFiles(config));
	}
	print(`The database is ready: ${store.path}\n${there === undefined ? "" : `${there}\n`}`);
}

async function load(
	data: ModuleData,
	store: StorePort,
	{ reset = false, yes = false, empty = false, import: path }: InitdbOptions,
	file: unknown,
): Promise<string> {
	const lost = reset ? await data.resetLoses(store) : undefined;
	if (lost !== undefined && !yes) await confirm(`remove ${lost}`);
	try {
		return await data.initdb(store, { reset, empty, file });
	} catch (error) {
		if (error instanceof InputError && path !== undefined) return refuse(path, error.message);
		throw error;
	}
}

function readSeed(path: string): unknown {
	return withPlainNumbers(readJsonFile(path, (why) => refuse(path, why)));
}

function refuse(path: string, why: string): never {
	throw new ConfigError(`Cannot load "${path}": ${why}; nothing was changed`);
}
