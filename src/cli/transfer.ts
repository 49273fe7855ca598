import {
	CSM_SCHEMA,
	putSnapshot,
	SNAPSHOT_FORMAT,
	SNAPSHOT_VERSION,
	type Snapshot,
	takeSnapshot,
} from "../csm/mod.ts";
import { ConfigError, count, InputError } from "../kit/mod.ts";
import { type ModuleList, storeOptions } from "../servers/mod.ts";
import { openReader, type StoreOptions } from "../store/mod.ts";
import { quoted } from "./advice.ts";
import { databasePath, isInPostgres } from "./database.ts";
import { writeNewFile } from "./new-file.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readDataConfig, say } from "./read-config.ts";
import { readSnapshotFile, VERSION_WITH_PARTS } from "./snapshot-file.ts";
import { withStore } from "./with-store.ts";

/** `iotctl export FILE`; `-` is standard output. Also while a server runs. */
export async function exportTo(options: GlobalOptions, file: string): Promise<void> {
	const config = readDataConfig(options);
	if (!isInPostgres(config)) databasePath(config);
	const { snapshot, said } = await takeAll(storeOptions(config), options.modules);
	const text = `${JSON.stringify(snapshot, null, "\t")}\n`;
	if (file === "-") {
		print(text);
		return;
	}
	writeNewFile(file, text);
	say(
		options,
		`Wrote ${said.join(", ")} to ${file}. Load them with: iotctl import ${quoted(file)}\n`,
	);
}

/** All modules' data as of one moment, as an object for a file, and what it has in words. */
async function takeAll(
	place: StoreOptions,
	modules: ModuleList,
): Promise<{ snapshot: object; said: string[] }> {
	const known = await modulesIn(place);
	const others = modules.declared.filter(({ name, data }) => data && known.includes(name));
	const schemas = await Promise.all(others.flatMap(({ schema }) => schema?.() ?? []));
	const hasCsm = known.includes(CSM_SCHEMA.module);
	const reader = await openReader(place, hasCsm ? [CSM_SCHEMA, ...schemas] : schemas);
	try {
		return await reader.read(async (db) => {
			const own = hasCsm ? await takeSnapshot(db, reader.columns) : NOTHING_OF_CSM;
			const { devices, graphs, functions } = own;
			const said = [
				count(devices.length, "device"),
				count(graphs.length, "graph"),
				count(functions.length, "function"),
			];
			const parts: Record<string, unknown> = {};
			for (const { name, data } of others) {
				const taken = await (await data?.())?.take(db, reader.columns);
				if (taken === undefined) continue;
				parts[name] = taken.part;
				said.push(taken.said);
			}
			if (Object.keys(parts).length === 0) return { snapshot: own, said };
			return { snapshot: { ...own, version: VERSION_WITH_PARTS, ...parts }, said };
		});
	} catch (error) {
		throw error instanceof InputError ? new ConfigError(`Cannot export: ${error.message}`) : error;
	} finally {
		reader.close();
	}
}

/** Of the database of CCM alone. */
const NOTHING_OF_CSM: Snapshot = {
	format: SNAPSHOT_FORMAT,
	version: SNAPSHOT_VERSION,
	devices: [],
	functions: [],
	graphs: [],
};

async function modulesIn(place: StoreOptions): Promise<string[]> {
	const reader = await openReader(place);
	try {
		return reader.modules();
	} finally {
		reader.close();
	}
}

export interface ImportOptions {
	/** Remove what the file does not have. */
	readonly replace?: boolean;
	/** Only say what would change. */
	readonly dryRun?: boolean;
}

/**
 * `iotctl import FILE`: all of it or nothing. A dry run works on a copy, also while a server runs.
 * @throws ConfigError when the file is invalid, a server runs, or the database is in memory only.
 */
export async function importFrom(
	options: GlobalOptions,
	file: string,
	{ replace = false, dryRun = false }: ImportOptions,
): Promise<void> {
	const { snapshot, parts } = await readSnapshotFile(file, options.modules);
	const config = readDataConfig(options);
	const done = await withStore(options, config, dryRun, async (store) => {
		try {
			return await store.write(async (db) => {
				const { columns } = store;
				const { added, replaced, removed } = await putSnapshot(db, columns, snapshot, replace);
				const said = [
					`devices and graphs: ${added} added, ${replaced} replaced, ${removed} removed; functions: ${snapshot.functions.length} in the file`,
				];
				for (const part of parts) said.push(await part.put(db, columns, replace));
				return said.join("; ");
			});
		} catch (error) {
			if (!(error instanceof InputError)) throw error;
			throw new ConfigError(`Cannot import "${file}": ${error.message}; nothing was changed`);
		}
	});
	say(
		options,
		dryRun
			? `Dry run, nothing was changed: ${done}\n`
			: `Imported ${file}: ${done}. Next: iotctl start\n`,
	);
}
