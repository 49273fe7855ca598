import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makePrivateFile } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { type StoreOptions, StoreReader } from "../store/mod.ts";
import { databasePath } from "./database.ts";

/**
 * Works on a copy of a database, or on an empty one where there is none; nothing of it stays.
 * @throws ConfigError when it is in memory only, or cannot be read.
 */
export async function withCopy<T>(
	config: Config,
	work: (place: StoreOptions) => Promise<T>,
): Promise<T> {
	const path = databasePath(config);
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-dry-run-"));
	const url = basename(path);
	try {
		// One that cannot be looked at is not taken for none.
		if (statSync(path, { throwIfNoEntry: false }) !== undefined) {
			const reader = new StoreReader(path, [], config.databaseSetting);
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
