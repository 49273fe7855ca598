import type { Database } from "bun:sqlite";
import { closeSync, fdatasync, fstatSync, fsyncSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { StorageError } from "../kit/mod.ts";

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
	readonly #isDurable: boolean;
	#files: { database: number; log: number } | undefined;
	/** Device and inode of each file, by path. */
	readonly #known = new Map<string, string>();
	#commits = 0;

	/** @param isDurable False: what is committed need not survive a power cut. */
	constructor(sqlite: Database, path: string, isDurable: boolean) {
		this.#sqlite = sqlite;
		this.#path = path;
		this.#isDurable = isDurable;
	}

	/**
	 * To be called before a change: what SQLite writes into files that were removed is lost.
	 * @throws StorageError when one is not where it was.
	 */
	check(): void {
		for (const [path, known] of this.#known) {
			const found = statSync(path, { throwIfNoEntry: false });
			if (found !== undefined && identityOf(found) === known) continue;
			const change = found === undefined ? "removed" : "replaced";
			throw new StorageError(
				`the server cannot store this now: "${path}" was ${change}; put it back, or restart the server`,
			);
		}
	}

	/** Resolves when everything committed so far survives a power cut. @param commits How many there were. */
	async flush(commits: number): Promise<void> {
		this.#files ??= this.#open();
		if (this.#isDurable) await flushFile(this.#files.log);
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

	/** Nothing may be written until it resolves: a writer could use the log from its beginning again. */
	async #checkpoint(database: number): Promise<void> {
		this.#commits = 0;
		this.#sqlite.run("PRAGMA synchronous = OFF");
		try {
			this.#sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
		} finally {
			this.#sqlite.run("PRAGMA synchronous = NORMAL");
		}
		if (this.#isDurable) await flushFile(database);
	}

	#open() {
		const folder = openSync(dirname(this.#path), "r");
		try {
			const open = (path: string) => {
				const file = openSync(path, "r");
				this.#known.set(path, identityOf(fstatSync(file)));
				return file;
			};
			const files = { database: open(this.#path), log: open(`${this.#path}-wal`) };
			// The names of new files are part of the folder, which has to be on the disk as well.
			fsyncSync(folder);
			return files;
		} finally {
			closeSync(folder);
		}
	}
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
	return `${dev}:${ino}`;
}
