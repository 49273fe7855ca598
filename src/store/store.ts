import type { Database } from "bun:sqlite";
import { isAbsolute, join } from "node:path";
import {
	ConfigError,
	DamageError,
	DeniedError,
	FileLock,
	keepPrivate,
	type Logger,
	makePrivateDirectory,
	makePrivateFile,
	messageOf,
	type StorageError,
} from "../kit/mod.ts";
import { AccountRows } from "./accounts.ts";
import { cannotOpen, whyNot } from "./cannot-open.ts";
import { type Columns, sqliteColumns } from "./columns.ts";
import { CommitQueue } from "./commit-queue.ts";
import { type Db, handleOf, openBeside, openDb } from "./db.ts";
import { Disk } from "./disk.ts";
import type { Effects } from "./jobs.ts";
import { lock } from "./lock.ts";
import { lookAt } from "./look.ts";
import { IN_MEMORY, makeMemoryFile, removeMemoryFile } from "./memory-file.ts";
import type { ModuleSchema } from "./module-schema.ts";
import { MomentReader } from "./moment-reader.ts";
import type { StoreOptions } from "./place.ts";
import type { StorePort } from "./port.ts";
import { storeTables } from "./schema.ts";
import { setAside } from "./set-aside.ts";
import { isStopping, StorageHealth } from "./storage-health.ts";

/** How long after a change that was refused the database is tried again. */
const RETRY_MS = 1000;

/**
 * The database in a file of SQLite. Changes go through {@link write}, everything else reads over a second connection,
 * which sees only what is committed.
 */
export class Store implements StorePort {
	/** What tables of this database are made of. */
	readonly columns: Columns = sqliteColumns;
	/** Sees what is committed, and cannot write. */
	readonly reading: Db;
	/** For reading; they are changed by other processes. */
	readonly accounts: AccountRows;
	/** The file, or `:memory:`. */
	readonly path: string;
	/** Made with the database and copied with it: 16 hexadecimal digits. Undefined where it does not outlive us. */
	readonly serverId: string | undefined;
	/** The file is this machine's anyway. */
	readonly local: StorePort = this;
	readonly #file: string;
	readonly #lock: FileLock;
	readonly #sqlite: Database;
	readonly #writing: Db;
	readonly #beside: Database;
	readonly #moments: MomentReader;
	readonly #disk: Disk;
	readonly #commits: CommitQueue;
	readonly #health: StorageHealth;
	#retry: Timer | undefined;
	#closing: Promise<void> | undefined;
	#isClosed = false;
	#dataVersion = 0;

	/**
	 * Opens the database, creating or migrating it as needed. A damaged file is renamed and replaced by an empty one.
	 * @param schemas What the modules of this program keep in it; tables of other modules stay as they are.
	 * @throws ConfigError when the directory or file cannot be used, or another process uses it.
	 */
	constructor(options: StoreOptions, log: Logger, schemas: readonly ModuleSchema[] = []) {
		const isInMemory = options.url === IN_MEMORY;
		this.#file = isInMemory ? makeMemoryFile(options.setting) : prepare(options);
		this.path = isInMemory ? IN_MEMORY : this.#file;
		this.#health = new StorageHealth(this.path, log);
		if (!isInMemory) refuseUnusable(this.#file, schemas, options.setting);
		this.#lock = lock(this.#file);
		try {
			if (isInMemory) makePrivateFile(this.#file);
			else makePrivate(options.userdir, this.#file, log);
			this.#sqlite = open(this.#file, log, schemas);
			this.#writing = handleOf(this.#sqlite);
			this.#beside = openBeside(this.#file);
			this.reading = handleOf(this.#beside);
			this.#moments = new MomentReader(this.#file);
			this.#disk = new Disk(this.#sqlite, this.#file, !isInMemory);
			this.#commits = new CommitQueue(this.#sqlite, this.#disk, (problem) =>
				this.#onOutcome(problem),
			);
			const tables = storeTables(this.columns);
			this.accounts = new AccountRows(this.reading, tables);
			this.serverId = isInMemory ? undefined : this.reading.select().from(tables.server).get()?.id;
		} catch (error) {
			this.#lock.release();
			if (isInMemory) removeMemoryFile(this.#file);
			throw error;
		}
	}

	/** Why the last change could not be stored; undefined while all is well. */
	get problem(): string | undefined {
		return this.#health.problem?.message;
	}

	/**
	 * Changes the database. `work` gets the handle to write with and may await nothing but what it makes of it: jobs run
	 * one after the other, and one that never ends holds up all later ones. What it did is durable when the promise
	 * resolves, and undone whole when it rejects.
	 * @throws StorageError when the disk does not take it, or the store is closed.
	 */
	write<T>(work: (db: Db) => Promise<T> | T, effects?: Effects<T>): Promise<T> {
		if (this.#isClosed) return Promise.reject(isStopping("store"));
		return this.#commits.run(() => work(this.#writing), effects);
	}

	/**
	 * Runs queries that see one and the same committed state, while {@link reading} may show a newer one to each query.
	 * As in {@link write}, `work` may await nothing but the database: other reads of this kind wait for it.
	 * @throws StorageError when the store is closed.
	 */
	read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		if (this.#isClosed) return Promise.reject(isStopping("read"));
		return this.#moments.read(work);
	}

	readonly noticesAtOnce = true;

	/** Whether another process has changed the database since the last call. */
	changedOutside(): boolean {
		const found = this.#sqlite.query<{ data_version: number }, []>("PRAGMA data_version").get();
		const version = found?.data_version ?? 0;
		const changed = version !== this.#dataVersion;
		this.#dataVersion = version;
		return changed;
	}

	/** Commits what waits and closes the file; a second call changes nothing. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		clearTimeout(this.#retry);
		await this.#commits.idle();
		this.#isClosed = true;
		await this.#moments.close();
		this.#beside.close();
		this.#disk.empty();
		this.#sqlite.close();
		this.#disk.close();
		this.#lock.release();
		if (this.path === IN_MEMORY) removeMemoryFile(this.#file);
	}

	#onOutcome(problem: StorageError | undefined): void {
		this.#health.note(problem);
		clearTimeout(this.#retry);
		// That it works again is to be known before the next change comes.
		if (problem === undefined || this.#closing !== undefined) return;
		this.#retry = setTimeout(() => void this.#tryAgain(), RETRY_MS);
	}

	/** Writes what is there already; the outcome is told like any other. */
	async #tryAgain(): Promise<void> {
		await this.#commits
			.run(() => this.#sqlite.run("UPDATE schema_versions SET version = version"))
			.catch(() => {});
	}
}

/** Whether a server runs with a database. */
export function isInUse(path: string): boolean {
	return FileLock.holder(`${path}.lock`) !== "free";
}

function prepare({ userdir, url }: StoreOptions): string {
	try {
		makePrivateDirectory(userdir);
	} catch (error) {
		const what = `Cannot create the user directory "${userdir}" (userdir in [core])`;
		throw DeniedError.from(what, userdir, error);
	}
	return isAbsolute(url) ? url : join(userdir, url);
}

/** Before anything is done to the file, or put beside it: it may not be ours. */
function refuseUnusable(path: string, schemas: readonly ModuleSchema[], setting?: string): void {
	lookAt(path, schemas, setting);
	const reason = whyNot(path, setting);
	if (reason !== undefined) throw reason;
}

/** Before SQLite opens the file: closing a descriptor of it would give up SQLite's locks. */
function makePrivate(userdir: string, path: string, log: Logger): void {
	keepPrivate(userdir, path, log);
	try {
		makePrivateFile(path);
	} catch (error) {
		throw cannotOpen(path, error);
	}
}

function open(path: string, log: Logger, schemas: readonly ModuleSchema[]): Database {
	try {
		return openDb(path, schemas);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		if (!DamageError.is(error)) throw cannotOpen(path, error);
		const keptAs = setAside(path, "damaged");
		log.error("the database is damaged: moved aside; started with an empty database", {
			database: path,
			kept_as: keptAs,
			reason: messageOf(error),
		});
		makePrivateFile(path);
		return openDb(path, schemas);
	}
}
