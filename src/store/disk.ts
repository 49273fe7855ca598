import type { Database } from "bun:sqlite";
import { closeSync, fdatasync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const flushFile = promisify(fdatasync);

/** Commits between two checkpoints: the log stays a few megabytes, an SD card is spared. */
const COMMITS_PER_CHECKPOINT = 1000;

/**
 * Makes commits durable without holding up the event loop: SQLite writes its log (WAL, synchronous =
 * NORMAL), the flush to the disk happens in a thread. What SQLite itself would do with synchronous =
 * FULL is kept: the log is on the disk before anyone is told, and before pages go into the database
 * file; these are on the disk before the log is used from its beginning again.
 *
 * The files stay open until SQLite has closed: closing any descriptor of a file gives up the process's
 * POSIX locks on it, SQLite's included.
 */
export class Disk {
	readonly #sqlite: Database;
	readonly #path: string;
	#files: { database: number; log: number } | undefined;
	#commits = 0;

	/** @param path The database's file, or `:memory:`, which needs no disk. */
	constructor(sqlite: Database, path: string) {
		this.#sqlite = sqlite;
		this.#path = path;
	}

	/** Resolves when everything committed so far survives a power cut. @param commits How many there were. */
	async flush(commits: number): Promise<void> {
		if (this.#path === ":memory:") return;
		this.#files ??= this.#open();
		await flushFile(this.#files.log);
		this.#commits += commits;
		if (this.#commits >= COMMITS_PER_CHECKPOINT) await this.#checkpoint(this.#files.database);
	}

	/** Moves everything into the database file; SQLite does not, while a statement waits to be collected. */
	empty(): void {
		try {
			this.#sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
		} catch {
			// A full disk or a reader in another program: the log is used at the next start.
		}
	}

	/** To be called after SQLite has closed the database. */
	close(): void {
		for (const file of Object.values(this.#files ?? {})) closeSync(file);
		this.#files = undefined;
	}

	/** Nothing may be written until it resolves: a writer could begin the log anew. */
	async #checkpoint(database: number): Promise<void> {
		this.#commits = 0;
		this.#sqlite.run("PRAGMA synchronous = OFF");
		try {
			this.#sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
		} finally {
			this.#sqlite.run("PRAGMA synchronous = NORMAL");
		}
		await flushFile(database);
	}

	#open() {
		const folder = openSync(dirname(this.#path), "r");
		try {
			const files = {
				database: openSync(this.#path, "r"),
				log: openSync(`${this.#path}-wal`, "r"),
			};
			// The names of new files are part of the folder, which has to be on the disk as well.
			fsyncSync(folder);
			return files;
		} finally {
			closeSync(folder);
		}
	}
}
