import type { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import { CommitQueue } from "./commit-queue.ts";
import { openDb } from "./db.ts";
import { DeviceApiClientRows } from "./device-api-clients.ts";
import { DeviceRows } from "./devices.ts";
import { FunctionRows } from "./functions.ts";
import { GraphRows } from "./graphs.ts";

export type { DeviceRecord } from "./devices.ts";
export type { FunctionRecord } from "./functions.ts";
export type {
	FunctionUse,
	GraphKey,
	GraphRecord,
	LinkKey,
	LinkRecord,
	LinkSettings,
	Monitor,
} from "./graphs.ts";

export interface StoreOptions {
	/** Directory of the database, created when missing. */
	userdir: string;
	/** File name relative to `userdir`, absolute path, or `:memory:`. */
	url: string;
}

/** The control state on the disk: devices, functions, graphs, links. Data and presence are not here. */
export class Store {
	readonly devices: DeviceRows;
	readonly functions: FunctionRows;
	readonly graphs: GraphRows;
	readonly deviceApiClients: DeviceApiClientRows;
	readonly path: string;
	readonly #sqlite: Database;
	readonly #commits: CommitQueue;

	/**
	 * Opens the database, creating or migrating it as needed.
	 * @throws ConfigError when the directory or file cannot be used.
	 */
	constructor(options: StoreOptions) {
		this.path = prepare(options);
		const { sqlite, db } = open(this.path);
		this.#sqlite = sqlite;
		this.#commits = new CommitQueue(sqlite);
		this.devices = new DeviceRows(db);
		this.functions = new FunctionRows(db);
		this.graphs = new GraphRows(db);
		this.deviceApiClients = new DeviceApiClientRows(db);
	}

	/**
	 * Changes the database. `work` is synchronous; it is durable when the promise resolves,
	 * and undone whole when it rejects. `committed` runs right after the commit, in commit order.
	 */
	write<T>(work: (store: Store) => T, committed?: (value: T) => void): Promise<T> {
		return this.#commits.run(() => work(this), committed);
	}

	/** Commits what waits and closes the file. */
	close(): void {
		this.#commits.flush();
		this.#sqlite.close();
	}
}

function prepare({ userdir, url }: StoreOptions): string {
	if (url === ":memory:") return url;
	try {
		mkdirSync(userdir, { recursive: true });
	} catch (error) {
		throw new ConfigError(
			`Cannot create the user directory "${userdir}": ${messageOf(error)}; set userdir in [core] to a directory you may write`,
		);
	}
	return isAbsolute(url) ? url : join(userdir, url);
}

function open(path: string): ReturnType<typeof openDb> {
	try {
		return openDb(path);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		throw new ConfigError(
			`Cannot open the database "${path}": ${messageOf(error)}; check that its directory and file may be written by you`,
		);
	}
}
