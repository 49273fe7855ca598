import { Value } from "@sinclair/typebox/value";
import {
	checkSnapshot,
	SNAPSHOT_FORMAT,
	SNAPSHOT_VERSION,
	Snapshot,
	withNumbersAsWritten,
} from "../csm/mod.ts";
import { ConfigError, messageOf, withPlainNumbers } from "../kit/mod.ts";
import type { ModuleList, ModulePart } from "../servers/mod.ts";
import { readJsonFile } from "./json-file.ts";

/** Of files with parts of modules: versions that do not know those would lose them without a word. */
export const VERSION_WITH_PARTS = 2;

/** A file of `iotctl export` that can be used. */
export interface SnapshotFile {
	readonly snapshot: Snapshot;
	/** Parts of other modules, as they are in the file. */
	readonly parts: readonly ModulePart[];
}

/** @throws ConfigError when the file is not one of `iotctl export`, or is damaged. */
export async function readSnapshotFile(file: string, modules: ModuleList): Promise<SnapshotFile> {
	const refuse = (why: string): never => {
		throw new ConfigError(`Cannot import "${file}": ${why}; nothing was changed`);
	};
	const exact = readJsonFile(file, refuse);
	const found = withPlainNumbers(exact);
	const { format, version, ...keys } = Object(found);
	if (format !== SNAPSHOT_FORMAT) return refuse("it was not written by the export command");
	if (version !== SNAPSHOT_VERSION && version !== VERSION_WITH_PARTS) {
		return refuse(
			`it has version ${version}, but this program supports version ${SNAPSHOT_VERSION} and ${VERSION_WITH_PARTS}`,
		);
	}
	const own = { ...keys, format, version: SNAPSHOT_VERSION };
	if (!Value.Check(Snapshot, own)) {
		const first = Value.Errors(Snapshot, own).First();
		return refuse(`${first?.path ?? ""} is invalid: ${first?.message ?? ""}`);
	}
	try {
		checkSnapshot(own);
		const parts: ModulePart[] = [];
		for (const { name, data } of modules.declared) {
			if (data !== undefined && name in keys) parts.push((await data()).read(keys[name]));
		}
		return { snapshot: withNumbersAsWritten(own, exact), parts };
	} catch (error) {
		return refuse(messageOf(error));
	}
}
