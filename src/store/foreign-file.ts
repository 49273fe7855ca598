import { Database } from "bun:sqlite";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, DeniedError, messageOf } from "../kit/mod.ts";
import { damageIn } from "./damage.ts";

/** What SQLite keeps beside a file: changes that are not in it yet, or are to be taken back. */
const BESIDE = ["-wal", "-journal"];
const MAGIC = "SQLite format 3\0";

/** The SQLite file of another program. A private copy is read, so that it and its directory stay as they are. */
export class ForeignFile {
	readonly #folder: string;
	readonly #sqlite: Database;

	private constructor(folder: string, sqlite: Database) {
		this.#folder = folder;
		this.#sqlite = sqlite;
	}

	/** @throws ConfigError when it is not there, is not a database or is damaged; DeniedError. */
	static open(path: string): ForeignFile {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-read-"));
		const copy = join(folder, "copy.db");
		try {
			copyAll(path, copy);
			const isSqlite = readFileSync(copy).subarray(0, MAGIC.length).toString() === MAGIC;
			if (!isSqlite) throw new ConfigError(`"${path}" is not an SQLite database`);
			return new ForeignFile(folder, openChecked(path, copy));
		} catch (error) {
			rmSync(folder, { recursive: true, force: true });
			throw error;
		}
	}

	/** Names of the columns of a table; empty: there is no such table. */
	columns(table: string): string[] {
		return this.#sqlite
			.query<{ name: string }, [string]>("SELECT name FROM pragma_table_info(?)")
			.all(table)
			.map(({ name }) => name);
	}

	/** All rows of a table, in the order of its columns. @param columns Those wanted; they must be there. */
	rows(table: string, columns: readonly string[]): Record<string, unknown>[] {
		const names = columns.map(quoted).join(", ");
		return this.#sqlite
			.query<Record<string, unknown>, []>(
				`SELECT ${names} FROM ${quoted(table)} ORDER BY ${quoted(columns[0] ?? "")}`,
			)
			.all();
	}

	/** Removes the copy. */
	close(): void {
		this.#sqlite.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

function copyAll(path: string, copy: string): void {
	try {
		if (!statSync(path).isFile()) throw new ConfigError(`"${path}" is not a file`);
		copyFileSync(path, copy);
		for (const end of BESIDE) {
			if (statSync(path + end, { throwIfNoEntry: false }) === undefined) continue;
			copyFileSync(path + end, copy + end);
		}
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		throw DeniedError.from(`Cannot read "${path}"`, path, error);
	}
}

/** @throws ConfigError */
function openChecked(path: string, copy: string): Database {
	let sqlite: Database | undefined;
	try {
		sqlite = new Database(copy, { strict: true });
		const damage = damageIn(sqlite);
		if (damage === undefined) return sqlite;
		throw new ConfigError(`"${path}" is damaged: ${damage}`);
	} catch (error) {
		sqlite?.close();
		if (error instanceof ConfigError) throw error;
		throw new ConfigError(`"${path}" is damaged: ${messageOf(error)}`);
	}
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
