import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import {
	CSM_SCHEMA,
	CsmStore,
	checkSnapshot,
	putSnapshot,
	SNAPSHOT_FORMAT,
	SNAPSHOT_VERSION,
	Snapshot,
	takeSnapshot,
	withNumbersAsWritten,
} from "../csm/mod.ts";
import {
	ConfigError,
	codeOf,
	count,
	createLogger,
	DeniedError,
	InputError,
	makePrivateFile,
	messageOf,
	withPlainNumbers,
} from "../kit/mod.ts";
import { Store, type StoreOptions, StoreReader } from "../store/mod.ts";
import { quoted } from "./advice.ts";
import { databaseFiles, databasePath } from "./database.ts";
import { readJsonFile } from "./json-file.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { giveToOwner } from "./ownership.ts";
import { readConfig, say } from "./read-config.ts";

/** `iotctl export FILE`; `-` is standard output. Also while a server runs. */
export async function exportTo(options: GlobalOptions, file: string): Promise<void> {
	const reader = new StoreReader(databasePath(readConfig(options)), [CSM_SCHEMA]);
	let snapshot: Snapshot;
	try {
		snapshot = await takeSnapshot(reader);
	} catch (error) {
		throw error instanceof InputError ? new ConfigError(`Cannot export: ${error.message}`) : error;
	} finally {
		reader.close();
	}
	const text = `${JSON.stringify(snapshot, null, "\t")}\n`;
	if (file === "-") {
		print(text);
		return;
	}
	try {
		writeFileSync(file, text, { flag: "wx", mode: 0o600 });
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			throw new ConfigError(`"${file}" already exists; choose another file, or remove it first`);
		}
		throw DeniedError.from(`Cannot write "${file}"`, file, error);
	}
	const { devices, graphs, functions } = snapshot;
	say(
		options,
		`Wrote ${count(devices.length, "device")}, ${count(graphs.length, "graph")}, ${count(functions.length, "function")} to ${file}. Load them with: iotctl import ${quoted(file)}\n`,
	);
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
	const snapshot = readSnapshot(file);
	const config = readConfig(options);
	const path = databasePath(config);
	const load = async (place: StoreOptions) => {
		const log = createLogger({ level: "warn", format: "text" });
		const store = new Store(place, log, await options.modules.schemas());
		try {
			const { added, replaced, removed } = await new CsmStore(store).write((rows) =>
				putSnapshot(rows, snapshot, replace),
			);
			return `devices and graphs: ${added} added, ${replaced} replaced, ${removed} removed; functions: ${snapshot.functions.length} in the file`;
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

/** Works on a copy of a database, or on an empty one where there is none; nothing of it stays. */
async function withCopy<T>(path: string, work: (place: StoreOptions) => Promise<T>): Promise<T> {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-dry-run-"));
	const url = basename(path);
	try {
		// One that cannot be looked at is not taken for none.
		if (statSync(path, { throwIfNoEntry: false }) !== undefined) {
			const reader = new StoreReader(path);
			try {
				makePrivateFile(join(userdir, url));
				reader.copyTo(join(userdir, url));
			} finally {
				reader.close();
			}
		}
		return await work({ userdir, url });
	} finally {
		rmSync(userdir, { recursive: true, force: true });
	}
}

function readSnapshot(file: string): Snapshot {
	const refuse = (why: string): never => {
		throw new ConfigError(`Cannot import "${file}": ${why}; nothing was changed`);
	};
	const exact = readJsonFile(file, refuse);
	const found = withPlainNumbers(exact);
	const { format, version } = Object(found);
	if (format !== SNAPSHOT_FORMAT) return refuse("it was not written by the export command");
	if (version !== SNAPSHOT_VERSION) {
		return refuse(
			`it has version ${version}, but this program supports version ${SNAPSHOT_VERSION}`,
		);
	}
	if (!Value.Check(Snapshot, found)) {
		const first = Value.Errors(Snapshot, found).First();
		return refuse(`${first?.path ?? ""} is invalid: ${first?.message ?? ""}`);
	}
	try {
		checkSnapshot(found);
	} catch (error) {
		return refuse(messageOf(error));
	}
	return withNumbersAsWritten(found, exact);
}
