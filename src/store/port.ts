import type { AccountRows } from "./accounts.ts";
import type { Columns } from "./columns.ts";
import type { Db } from "./db.ts";
import type { Effects } from "./jobs.ts";

/** A database that is read beside a server that may be using it. */
export interface ReaderPort {
	/** What tables of this database are made of. */
	readonly columns: Columns;
	/** Runs queries that see one and the same state. */
	read<T>(work: (db: Db) => Promise<T>): Promise<T>;
	/** Runs one SQL statement that reads. @throws the error of the database, also when it would write. */
	query(sql: string): Promise<Record<string, unknown>[]> | Record<string, unknown>[];
	/** Names of the modules whose tables are there. */
	modules(): string[];
	close(): void;
}

/** The accounts of a database, to be changed beside a server that may be running with it. */
export interface OpenAccounts {
	readonly accounts: AccountRows;
	close(): void;
}

/** The database of a server: what modules keep, each in tables of its own (`Store` has it in a file). */
export interface StorePort {
	/** What tables of this database are made of. */
	readonly columns: Columns;
	/** Sees what is committed, and cannot write. */
	readonly reading: Db;
	/** For reading; they are changed by other processes. */
	readonly accounts: AccountRows;
	/** Where it is, for people: a file, `:memory:`, or an address without a password. */
	readonly path: string;
	/** Made with the database and copied with it: 16 hexadecimal digits. Undefined where it does not outlive us. */
	readonly serverId: string | undefined;
	/** Why the last change could not be stored; undefined while all is well. */
	readonly problem: string | undefined;
	/** The database for what belongs to this machine alone; where it is a file of this machine anyway, this one. */
	readonly local: StorePort;
	/**
	 * Changes the database. `work` gets the handle to write with and may await nothing but what it makes of it: jobs run
	 * one after the other, and one that never ends holds up all later ones. Where the change of another server came in its
	 * way it is undone and run again. What it did is durable when the promise resolves, and undone whole when it rejects.
	 * @throws StorageError when the database does not take it, or the store is closed.
	 */
	write<T>(work: (db: Db) => Promise<T> | T, effects?: Effects<T>): Promise<T>;
	/**
	 * Runs queries that see one and the same committed state, while {@link reading} may show a newer one to each query.
	 * As in {@link write}, `work` may await nothing but the database. It may be run a second time, when a connection was
	 * lost.
	 * @throws StorageError when the store is closed, or the database cannot be reached.
	 */
	read<T>(work: (db: Db) => Promise<T>): Promise<T>;
	/** Whether another process has changed the database since the last call. */
	changedOutside(): boolean;
	/** Whether {@link changedOutside} knows of a change as soon as it is committed, and not a moment later. */
	readonly noticesAtOnce: boolean;
	/**
	 * It will be closed soon: what still waits for a database that is away is refused a few seconds from now. It has it
	 * only where that can be.
	 */
	finish?(): void;
	/** Commits what waits and closes it; a second call changes nothing. */
	close(): Promise<void>;
}

/** A PostgreSQL database as servers use it that agree on something in it, beside the store of each. */
export interface SharedDatabase {
	/**
	 * Runs one statement, which is a transaction of its own.
	 * @returns rows as arrays, in the order of the columns.
	 * @throws StorageError when the database cannot be reached or does not answer in time; then it may have been run.
	 */
	ask(text: string, params?: readonly unknown[]): Promise<unknown[][]>;
	/**
	 * Hears of notifications (`NOTIFY`), with `url` behind a pooler at `listen-url` only. It is also called, without what one
	 * says, when some may have been missed.
	 * @returns what ends it.
	 */
	listen(channel: string, call: (said?: string) => void): () => void;
	/** Without waiting for answers. */
	close(): void;
}
