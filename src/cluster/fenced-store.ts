import type { AccountRows, Columns, Db, Effects, StorePort } from "../store/mod.ts";

/** A server's database as the holder of a lease changes it: not at all, once another node has that. */
export class FencedStore implements StorePort {
	readonly #store: StorePort;
	readonly #fence: (db: Db) => Promise<void>;

	/** @param fence Begins each unit of work; see `fence`. */
	constructor(store: StorePort, fence: (db: Db) => Promise<void>) {
		this.#store = store;
		this.#fence = fence;
	}

	/** @throws ElsewhereError when another node has the lease; StorageError as the store does. */
	write<T>(work: (db: Db) => Promise<T> | T, effects?: Effects<T>): Promise<T> {
		return this.#store.write(async (db) => {
			await this.#fence(db);
			return await work(db);
		}, effects);
	}

	read<T>(work: (db: Db) => Promise<T>): Promise<T> {
		return this.#store.read(work);
	}

	get columns(): Columns {
		return this.#store.columns;
	}

	get reading(): Db {
		return this.#store.reading;
	}

	get accounts(): AccountRows {
		return this.#store.accounts;
	}

	get path(): string {
		return this.#store.path;
	}

	get serverId(): string | undefined {
		return this.#store.serverId;
	}

	get problem(): string | undefined {
		return this.#store.problem;
	}

	get local(): StorePort {
		return this.#store.local;
	}

	get noticesAtOnce(): boolean {
		return this.#store.noticesAtOnce;
	}

	changedOutside(): boolean {
		return this.#store.changedOutside();
	}

	/** Nothing: the database is the server's. */
	async close(): Promise<void> {}
}
