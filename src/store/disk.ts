import type { Database } from "bun:sqlite";
import { closeSync, fdatasync, fstatSync, fsyncSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StorageError } from "../kit/mod.ts";

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
	readonly #database: OpenFile;
	readonly #log: OpenFile;
	#isNamed = false;
	#commits = 0;

	/**
	 * @param sqlite Has been read from: its log is there.
	 * @param isDurable False: what is committed need not survive a power cut.
	 */
	constructor(sqlite: Database, path: string, isDurable: boolean) {
		this.#sqlite = sqlite;
		this.#path = path;
		this.#isDurable = isDurable;
		this.#database = new OpenFile(path, "database");
		this.#log = new OpenFile(`${path}-wal`, "database's log");
	}

	/**
	 * To be called before a change: what SQLite writes into files that were removed is lost.
	 * @throws StorageError when one is not where it was.
	 */
	check(): void {
		this.#database.check();
		this.#log.check();
	}

	/** Resolves when everything committed so far survives a power cut. @param commits How many there were. */
	async flush(commits: number): Promise<void> {
		if (this.#isDurable) {
			this.#flushNames();
			await this.#log.flush();
		}
		this.#commits += commits;
		if (this.#commits >= COMMITS_PER_CHECKPOINT) await this.#checkpoint();
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
		this.#database.close();
		this.#log.close();
	}

	/** Nothing may be written until it resolves: a writer could use the log from its beginning again. */
	async #checkpoint(): Promise<void> {
		this.#commits = 0;
		this.#sqlite.run("PRAGMA synchronous = OFF");
		try {
			this.#sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
		} finally {
			this.#sqlite.run("PRAGMA synchronous = NORMAL");
		}
		if (this.#isDurable) await this.#database.flush();
	}

	/** The names of new files are part of the folder, which has to be on the disk as well. */
	#flushNames(): void {
		if (this.#isNamed) return;
		const folder = openSync(dirname(this.#path), "r");
		try {
			fsyncSync(folder);
		} finally {
			closeSync(folder);
		}
		this.#isNamed = true;
	}
}

/** A file of the database, and where it was when it was opened. */
class OpenFile {
	readonly #path: string;
	readonly #what: string;
	readonly #file: number;
	readonly #identity: string;

	/** @param what It is, in words that say nothing of where: devices are told. */
	constructor(path: string, what: string) {
		this.#path = path;
		this.#what = what;
		this.#file = openSync(path, "r");
		this.#identity = identityOf(fstatSync(this.#file));
	}

	/** @throws StorageError when it was removed, or another one is in its place. */
	check(): void {
		const found = statSync(this.#path, { throwIfNoEntry: false });
		if (found !== undefined && identityOf(found) === this.#identity) return;
		const change = found === undefined ? "removed" : "replaced";
		throw new StorageError(
			`the server cannot store this now: its ${this.#what} was ${change}; put it back, or restart the server`,
		);
	}

	flush(): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		fdatasync(this.#file, (error) => (error ? reject(error) : resolve()));
		return promise;
	}

	close(): void {
		closeSync(this.#file);
	}
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
	return `${dev}:${ino}`;
}
