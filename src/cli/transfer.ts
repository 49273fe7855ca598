import {
	CSM_SCHEMA,
	putSnapshot,
	SNAPSHOT_FORMAT,
	SNAPSHOT_VERSION,
	type Snapshot,
	takeSnapshot,
} from "../csm/mod.ts";
import { ConfigError, count, createLogger, InputError } from "../kit/mod.ts";
import type { ModuleList } from "../servers/mod.ts";
import { Store, type StoreOptions, StoreReader } from "../store/mod.ts";
import { quoted } from "./advice.ts";
import { databaseFiles, databasePath } from "./database.ts";
import { writeNewFile } from "./new-file.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { giveToOwner } from "./ownership.ts";
import { readDataConfig, say } from "./read-config.ts";
import { readSnapshotFile, VERSION_WITH_PARTS } from "./snapshot-file.ts";
import { withCopy } from "./with-copy.ts";

/** `iotctl export FILE`; `-` is standard output. Also while a server runs. */
export async function exportTo(options: GlobalOptions, file: string): Promise<void> {
	const path = databasePath(readDataConfig(options));
	const { snapshot, said } = await takeAll(path, options.modules);
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
	path: string,
	modules: ModuleList,
): Promise<{ snapshot: object; said: string[] }> {
	const known = modulesIn(path);
	const others = modules.declared.filter(({ name, data }) => data && known.includes(name));
	const schemas = await Promise.all(others.flatMap(({ schema }) => schema?.() ?? []));
	const hasCsm = known.includes(CSM_SCHEMA.module);
	const reader = new StoreReader(path, hasCsm ? [CSM_SCHEMA, ...schemas] : schemas);
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

function modulesIn(path: string): string[] {
	const reader = new StoreReader(path);
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
	const path = databasePath(config);
	const load = async (place: StoreOptions) => {
		const log = createLogger({ level: "warn", format: "text" });
		const store = new Store(place, log, await options.modules.schemas());
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
		} finally {
			await store.close();
		}
	};
	if (dryRun) {
		say(options, `Dry run, nothing was changed: ${await withCopy(path, load)}\n`);
		return;
	}
	const { userdir } = config.core;
	const done = await load({ userdir, url: config["core-db"].url });
	giveToOwner(userdir, databaseFiles(config));
	say(options, `Imported ${file}: ${done}. Next: iotctl start\n`);
}
