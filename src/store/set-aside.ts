import { existsSync, renameSync } from "node:fs";

/** The ends of the names of a database's files: its own, and those SQLite keeps beside it. */
export const DATABASE_PARTS = ["", "-wal", "-shm"] as const;

/** Whether there is a database, or something of one that was removed. */
export function hasParts(path: string): boolean {
	return DATABASE_PARTS.some((part) => existsSync(path + part));
}

/**
 * Renames a database with all that belongs to it; nothing of it is lost.
 * @param why Part of the new name, such as `damaged`.
 * @returns the new path.
 */
export function setAside(path: string, why: string): string {
	const keptAs = `${path}.${why}-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
	move(path, keptAs);
	return keptAs;
}

/** Puts a database back that was moved aside. */
export function putBack(keptAs: string, path: string): void {
	move(keptAs, path);
}

function move(from: string, to: string): void {
	for (const part of DATABASE_PARTS) {
		if (existsSync(from + part)) renameSync(from + part, to + part);
	}
}
