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
import { cannotOpen } from "./cannot-open.ts";
import { CommitQueue } from "./commit-queue.ts";
import { openDb } from "./db.ts";
import { DeviceApiClientRows } from "./device-api-clients.ts";
import { DeviceRows } from "./devices.ts";
import { Disk } from "./disk.ts";
import { FunctionRows } from "./functions.ts";
import { GraphRows } from "./graphs.ts";
import { lock } from "./lock.ts";
import { RetainedRows } from "./retained.ts";
import { server } from "./schema.ts";
import { SessionRows } from "./sessions.ts";
import { setAside } from "./set-aside.ts";

export interface StoreOptions {
	/** Directory of the database, created when missing. */
	userdir: string;
	/** File name relative to `userdir`, absolute path, or `:memory:`. */
	url: string;
}

/**
 * The control state on the disk: devices, functions, graphs, links, and what the built-in broker
 * keeps (retained messages, persistent sessions). Other data and presence are not here.
 */
export class Store {
	readonly devices: DeviceRows;
	readonly functions: FunctionRows;
	readonly graphs: GraphRows;
	readonly deviceApiClients: DeviceApiClientRows;
	readonly retained: RetainedRows;
	readonly sessions: SessionRows;
	readonly accounts: AccountRows;
	readonly path: string;
	/** Made with the database and copied with it: 16 hexadecimal digits. Undefined where it does not outlive us. */
	readonly serverId: string | undefined;
	readonly #log: Logger;
	readonly #lock: FileLock | undefined;
	readonly #sqlite: Database;
	readonly #disk: Disk;
	readonly #commits: CommitQueue;
	#problem: string | undefined;
	#dataVersion = 0;

	/**
	 * Opens the database, creating or migrating it as needed. A damaged file is renamed and an empty
	 * one begun.
	 * @throws ConfigError when the directory or file cannot be used, or another process uses it.
	 */
	constructor(options: StoreOptions, log: Logger) {
		this.#log = log;
		this.path = prepare(options);
		this.#lock = this.path === ":memory:" ? undefined : lock(this.path);
		try {
			if (this.#lock !== undefined) makePrivate(options.userdir, this.path, log);
			const { sqlite, db } = open(this.path, log);
			this.#sqlite = sqlite;
			this.#disk = new Disk(sqlite, this.path);
			this.#commits = new CommitQueue(sqlite, this.#disk, (problem) => this.#onOutcome(problem));
			this.devices = new DeviceRows(db);
			this.functions = new FunctionRows(db);
			this.graphs = new GraphRows(db);
			this.deviceApiClients = new DeviceApiClientRows(db);
			this.retained = new RetainedRows(db);
			this.sessions = new SessionRows(db);
			this.accounts = new AccountRows(db);
			this.serverId = this.path === ":memory:" ? undefined : db.select().from(server).get()?.id;
		} catch (error) {
			this.#lock?.release();
			throw error;
		}
	}

	/** Why the last change could not be stored; undefined while all is well. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/**
	 * Changes the database. `work` is synchronous; it is durable when the promise resolves,
	 * and undone whole when it rejects. `committed` runs right after the commit, in commit order.
	 * @throws StorageError when the disk does not take it.
	 */
	write<T>(work: (store: Store) => T, committed?: (value: T) => void): Promise<T> {
		return this.#commits.run(() => work(this), committed);
	}

	/** Whether another process has changed the database since the last call. */
	changedOutside(): boolean {
		const found = this.#sqlite.query<{ data_version: number }, []>("PRAGMA data_version").get();
		const version = found?.data_version ?? 0;
		const changed = version !== this.#dataVersion;
		this.#dataVersion = version;
		return changed;
	}

	/** Commits what waits and closes the file. */
	async close(): Promise<void> {
		await this.#commits.idle();
		this.#disk.empty();
		this.#sqlite.close();
		this.#disk.close();
		this.#lock?.release();
	}

	#onOutcome(problem: StorageError | undefined): void {
		const former = this.#problem;
		this.#problem = problem?.message;
		if (problem !== undefined && former !== problem.message) {
			this.#log.error("changes cannot be stored", { database: this.path, reason: problem.message });
		}
		if (problem === undefined && former !== undefined) {
			this.#log.info("changes can be stored again", { database: this.path });
		}
	}
}

/** Whether a server runs with a database. */
export function isInUse(path: string): boolean {
	return FileLock.holder(`${path}.lock`) !== "free";
}

function prepare({ userdir, url }: StoreOptions): string {
	if (url === ":memory:") return url;
	try {
		makePrivateDirectory(userdir);
	} catch (error) {
		const what = `Cannot create the user directory "${userdir}" (userdir in [core])`;
		throw DeniedError.from(what, userdir, error);
	}
	return isAbsolute(url) ? url : join(userdir, url);
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

function open(path: string, log: Logger): ReturnType<typeof openDb> {
	try {
		return openDb(path);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		if (!DamageError.is(error)) throw cannotOpen(path, error);
		const keptAs = setAside(path, "damaged");
		log.error("the database is damaged: it was kept aside, and an empty one is begun", {
			database: path,
			kept_as: keptAs,
			reason: messageOf(error),
		});
		makePrivateFile(path);
		return openDb(path);
	}
}
