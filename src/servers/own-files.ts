import { pidPath } from "../daemon/mod.ts";
import type { Config } from "../settings/mod.ts";

/**
 * Files a running server cannot do without, in words.
 * @param database Path of its database on this machine, or `:memory:`.
 */
export function ownFiles({ core }: Config, database: string): Map<string, string> {
	const pid = [pidPath(core.userdir), "the file that status and stop find the server by,"] as const;
	if (database === ":memory:") return new Map([pid]);
	return new Map([
		[database, "the database"],
		[`${database}-wal`, "the database's log"],
		[`${database}.lock`, "the database's lock"],
		pid,
	]);
}
