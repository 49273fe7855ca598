import type { Database } from "bun:sqlite";
import {
	chmodSync,
	closeSync,
	copyFileSync,
	existsSync,
	fsyncSync,
	openSync,
	renameSync,
	rmSync,
	statSync,
} from "node:fs";
import { dirname } from "node:path";
import {
	ConfigError,
	codeOf,
	DamageError,
	DeniedError,
	makePrivateFile,
	messageOf,
} from "../kit/mod.ts";
import { openCopy } from "./db.ts";
import type { ModuleSchema } from "./module-schema.ts";
import { DATABASE_PARTS, hasParts, putBack, setAside } from "./set-aside.ts";

/** What of a restored database is told. */
export interface RestoreOptions {
	/** What this program's modules keep in it: copies of newer versions are refused. */
	readonly schemas: readonly ModuleSchema[];
	/** Tables whose rows are counted. */
	readonly counted: readonly string[];
}

/** What a restored database holds. */
export interface Restored {
	/** Rows of each table that was to be counted; none where there is no such table. */
	readonly counts: Readonly<Record<string, number>>;
	/** Where the former database is now; undefined when there was none. */
	readonly keptAs: string | undefined;
}

/**
 * Replaces a database by a copy of one. The copy is copied beside it and looked through first; only then the former
 * one, which may be damaged, is renamed.
 * @param path The database; the caller holds its lock.
 * @throws ConfigError when the copy is damaged or cannot be put there; the database is as it was.
 */
export function restoreDatabase(copy: string, path: string, options: RestoreOptions): Restored {
	const whole = `${path}.restoring`;
	refuseOther(copy, path);
	try {
		bringBeside(copy, whole);
		const counts = lookThrough(copy, whole, options);
		flush(whole);
		const keptAs = exchange(whole, path);
		flush(dirname(path));
		return { counts, keptAs };
	} finally {
		for (const part of DATABASE_PARTS) rmSync(whole + part, { force: true });
	}
}

function refuseOther(copy: string, path: string): void {
	let found: ReturnType<typeof statSync>;
	try {
		found = statSync(copy);
	} catch (error) {
		throw DeniedError.from(`Cannot restore "${copy}"`, copy, error);
	}
	if (!found?.isFile()) throw new ConfigError(`Cannot restore "${copy}": it is not a file`);
	const own = statSync(path, { throwIfNoEntry: false });
	if (own?.ino === found.ino && own.dev === found.dev) {
		throw new ConfigError(`Cannot restore "${copy}": it is the database itself`);
	}
}

function bringBeside(copy: string, whole: string): void {
	try {
		rmSync(whole, { force: true });
		makePrivateFile(whole);
		copyFileSync(copy, whole);
		// The copy may be the files of a server that was killed.
		if (existsSync(`${copy}-wal`)) {
			makePrivateFile(`${whole}-wal`);
			copyFileSync(`${copy}-wal`, `${whole}-wal`);
			chmodSync(`${whole}-wal`, 0o600);
		}
		// Copying may have brought the mode of the copy with it.
		chmodSync(whole, 0o600);
	} catch (error) {
		const path = codeOf(error) === "EACCES" && canRead(copy) ? whole : copy;
		throw DeniedError.from(`Cannot copy "${copy}" to "${whole}"`, path, error);
	}
}

function canRead(path: string): boolean {
	try {
		closeSync(openSync(path, "r"));
		return true;
	} catch {
		return false;
	}
}

function lookThrough(
	copy: string,
	whole: string,
	{ schemas, counted }: RestoreOptions,
): Record<string, number> {
	try {
		const sqlite = openCopy(whole, schemas);
		try {
			endSessions(sqlite);
			return Object.fromEntries(counted.map((table) => [table, rowsIn(sqlite, table)]));
		} finally {
			sqlite.close();
		}
	} catch (error) {
		const refuse = (why: string) =>
			new ConfigError(`Cannot restore "${copy}": ${why}; nothing was changed`);
		if (error instanceof ConfigError) throw refuse(error.message.replace(/^.*?": /, ""));
		if (codeOf(error) === "SQLITE_NOTADB") throw refuse("it is not a database");
		if (DamageError.is(error)) throw refuse(`it is damaged (${messageOf(error)})`);
		throw refuse(messageOf(error));
	}
}

/** People's: some of the copy's have been ended since, and it is not known which. */
function endSessions(sqlite: Database): void {
	if (hasTable(sqlite, "page_sessions")) sqlite.run("DELETE FROM page_sessions");
}

function hasTable(sqlite: Database, table: string): boolean {
	return sqlite.query("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== null;
}

function rowsIn(sqlite: Database, table: string): number {
	if (!hasTable(sqlite, table)) return 0;
	return sqlite.query<{ n: number }, []>(`SELECT count(*) AS n FROM [${table}]`).get()?.n ?? 0;
}

function exchange(whole: string, path: string): string | undefined {
	const keptAs = hasParts(path) ? setAside(path, "before-restore") : undefined;
	try {
		renameSync(whole, path);
		return keptAs;
	} catch (error) {
		if (keptAs !== undefined) putBack(keptAs, path);
		throw DeniedError.from(`Cannot write "${path}"`, path, error);
	}
}

function flush(path: string): void {
	const file = openSync(path, "r");
	fsyncSync(file);
	closeSync(file);
}
