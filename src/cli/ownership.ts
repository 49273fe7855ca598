import { closeSync, constants, fchownSync, fstatSync, openSync, statSync } from "node:fs";
import { codeOf } from "../kit/mod.ts";

/**
 * Gives files that root made in a server's directory to the directory's owner: a service has a user of its own,
 * and must be able to use them. Does nothing for other users.
 * @param paths Those that do not exist are passed over, as is what the owner could have put there as a trap.
 */
export function giveToOwner(userdir: string, paths: readonly string[]): void {
	if (process.getuid?.() !== 0 || paths.length === 0) return;
	const owner = statSync(userdir, { throwIfNoEntry: false });
	if (owner === undefined || owner.uid === 0) return;
	const { uid, gid } = owner;
	for (const path of paths) {
		const file = openNoFollow(path);
		if (file === undefined) continue;
		const found = fstatSync(file);
		const isOurs = found.uid === 0 && (found.isDirectory() || found.nlink === 1);
		if (isOurs) fchownSync(file, uid, gid);
		closeSync(file);
	}
}

function openNoFollow(path: string): number | undefined {
	try {
		return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		if (codeOf(error) === "ENOENT" || codeOf(error) === "ELOOP") return undefined;
		throw error;
	}
}
