import type { Logger } from "../../kit/mod.ts";
import { type Db, perHandle, type Store } from "../../store/mod.ts";
import { CcmRows } from "./ccm-rows.ts";
import { catalogMemories, DatabaseTables } from "./database-tables.ts";
import type { CcmStore } from "./port.ts";
import { UnitState } from "./state-rows.ts";

/** CCM's data in the database. */
export class DatabaseStore implements CcmStore {
	readonly #store: Store;
	readonly #rowsOf: (db: Db) => CcmRows;
	readonly #catalog = catalogMemories();

	/**
	 * @param store Opened with `CCM_SCHEMA`.
	 * @param log Hears of rows that cannot be read; all others are served.
	 */
	constructor(store: Store, log: Logger) {
		const onBadRow = (row: string, reason: string) =>
			log.error("a stored row cannot be read and is left out", { row, reason });
		this.#store = store;
		this.#rowsOf = perHandle((db) => new CcmRows(db, store.columns, onBadRow));
	}

	/** @throws StorageError when the store is closed. */
	read<T>(work: (tables: DatabaseTables) => Promise<T>): Promise<T> {
		return this.#store.read(async (db) => work(await this.#tables(db, true)));
	}

	/** @throws StorageError when the disk does not take it. */
	write<T>(work: (tables: DatabaseTables) => Promise<T>): Promise<T> {
		return this.#store.write(async (db) => {
			const tables = await this.#tables(db, false);
			const result = await work(tables);
			await tables.save();
			return result;
		});
	}

	async #tables(db: Db, isRead: boolean): Promise<DatabaseTables> {
		const rows = this.#rowsOf(db);
		return new DatabaseTables(rows, this.#catalog, await UnitState.open(rows.state), isRead);
	}
}
