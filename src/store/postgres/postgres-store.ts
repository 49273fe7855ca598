import { hostname } from "node:os";
import type { Logger, StorageError } from "../../kit/mod.ts";
import { AccountRows } from "../accounts.ts";
import type { Columns } from "../columns.ts";
import type { Db } from "../db.ts";
import type { Effects } from "../jobs.ts";
import type { ModuleSchema } from "../module-schema.ts";
import { LOCAL_FILE, type StoreOptions } from "../place.ts";
import type { StorePort } from "../port.ts";
import { storeTables } from "../schema.ts";
import { isStopping, StorageHealth } from "../storage-health.ts";
import { Store } from "../store.ts";
import { type PostgresAddress, readAddresses } from "./address.ts";
import { postgresColumns } from "./columns.ts";
import { Connection } from "./connection.ts";
import { Notices } from "./notices.ts";
import { giveUpOwnership, type Run, takeOwnership } from "./ownership.ts";
import { Reads } from "./reads.ts";
import { Rounds } from "./rounds.ts";
import { cannotOpen, connect } from "./start.ts";
import { PostgresVersions } from "./versions.ts";

/** How often it says that it is alive, and while it fails looks whether the database is back. */
const BEAT_MS = 3000;
const RETRY_MS = 250;
/** Where triggers tell that accounts have changed. */
const ACCOUNTS = "iotctl_accounts";

interface Opened {
	readonly address: PostgresAddress;
	readonly listenAt: PostgresAddress;
	readonly local: Store;
	readonly run: Run;
	readonly serverId: string | undefined;
	/** How often accounts had been changed, before they were read. */
	readonly accountChanges: string;
	readonly log: Logger;
}

/**
 * A PostgreSQL database. While it is away changes are refused at once, and all that is in memory goes on; it is tried
 * four times a second.
 */
export class PostgresStore implements StorePort {
	readonly columns: Columns = postgresColumns;
	readonly reading: Db;
	readonly accounts: AccountRows;
	readonly path: string;
	readonly serverId: string | undefined;
	readonly local: StorePort;
	readonly #opened: Opened;
	readonly #reads: Reads;
	readonly #rounds: Rounds;
	readonly #notices: Notices;
	readonly #health: StorageHealth;
	#beat: Timer | undefined;
	#accounts: string;
	#isChanged = true;
	#closing: Promise<void> | undefined;

	private constructor(opened: Opened) {
		const { address, listenAt, run, log } = opened;
		this.#opened = opened;
		this.local = opened.local;
		this.path = address.text;
		this.#health = new StorageHealth(this.path, log);
		this.serverId = opened.serverId;
		this.#accounts = opened.accountChanges;
		this.#reads = new Reads(address);
		this.reading = this.#reads.db;
		this.accounts = new AccountRows(this.reading, storeTables(this.columns));
		this.#rounds = new Rounds({
			open: () => Connection.open(address),
			run,
			onOutcome: (problem) => this.#onOutcome(problem),
			onAccounts: (n) => this.#onAccounts(n),
		});
		const changed = () => {
			this.#isChanged = true;
		};
		this.#notices = new Notices(listenAt, ACCOUNTS, changed, log);
		this.#notices.start();
		this.#plan();
	}

	/**
	 * Connects, creates or brings up to date the tables, and keeps other servers out.
	 * @param schemas What the modules of this program keep in it.
	 * @throws ConfigError when it cannot be used, or cannot be reached for ten seconds.
	 */
	static async open(
		options: StoreOptions,
		log: Logger,
		schemas: readonly ModuleSchema[],
	): Promise<PostgresStore> {
		const { address, listenAt } = readAddresses(options);
		const local = new Store({ userdir: options.userdir, url: LOCAL_FILE }, log);
		try {
			const connection = await connect(address, log);
			try {
				await new PostgresVersions(address, schemas).update(connection);
				const place = local.serverId ?? crypto.randomUUID();
				const name = `${hostname()} (process ${process.pid})`;
				const node = options.postgres?.node;
				const run: Run = {
					id: node?.run ?? crypto.randomUUID(),
					place,
					name,
					cluster: node?.cluster,
				};
				await takeOwnership(connection.ask, run, address);
				const [[id] = []] = await connection.ask("SELECT id FROM server");
				const serverId = typeof id === "string" ? id : undefined;
				const [[changes] = []] = await connection.ask("SELECT n FROM account_changes");
				const accountChanges = String(changes);
				return new PostgresStore({ address, listenAt, local, run, serverId, accountChanges, log });
			} finally {
				connection.close();
			}
		} catch (error) {
			await local.close();
			throw cannotOpen(address, error);
		}
	}

	get problem(): string | undefined {
		return this.#health.problem?.message;
	}

	write<T>(work: (db: Db) => Promise<T> | T, effects?: Effects<T>): Promise<T> {
		if (this.#closing !== undefined) return Promise.reject(isStopping("store"));
		// Those who wait for an answer from a database that is known to be away wait in vain.
		const { problem } = this.#health;
		if (problem !== undefined) return Promise.reject(problem);
		return this.#rounds.run(() => work(this.#rounds.db), effects);
	}

	read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		if (this.#closing !== undefined) return Promise.reject(isStopping("read"));
		return this.#reads.asOfOneMoment(work);
	}

	/** It is said by a notice. */
	readonly noticesAtOnce = false;

	/** While the database is away no one can change it, nor could we read what was changed. */
	changedOutside(): boolean {
		if (!this.#isChanged || this.#health.problem !== undefined) return false;
		this.#isChanged = false;
		return true;
	}

	finish(): void {
		this.#rounds.finish();
	}

	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		clearTimeout(this.#beat);
		this.#notices.close();
		await this.#rounds.stop();
		const { address, run, local } = this.#opened;
		await this.#reads.close();
		if (this.#health.problem === undefined) {
			try {
				const connection = await Connection.open(address);
				await giveUpOwnership(connection.ask, run).finally(() => connection.close());
			} catch {
				// It ends by itself, ten seconds after the last sign of life.
			}
		}
		await local.close();
	}

	#onAccounts(n: string): void {
		if (this.#accounts !== n) this.#isChanged = true;
		this.#accounts = n;
	}

	#onOutcome(problem: StorageError | undefined): void {
		this.#health.note(problem);
		this.#plan();
	}

	/** Plans the next sign of life: again after each commit, since a commit is one. */
	#plan(): void {
		clearTimeout(this.#beat);
		if (this.#closing !== undefined) return;
		const ms = this.#health.problem === undefined ? BEAT_MS : RETRY_MS;
		this.#beat = setTimeout(() => {
			if (!this.#rounds.isBusy) this.#rounds.run(() => {}).catch(() => {});
		}, ms);
	}
}
