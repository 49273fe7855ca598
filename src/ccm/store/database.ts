import type { Logger } from "../../kit/mod.ts";
import { type Db, perHandle, type StorePort } from "../../store/mod.ts";
import { CcmRows } from "./ccm-rows.ts";
import { catalogMemories, DatabaseTables } from "./database-tables.ts";
import type { CcmStore } from "./port.ts";
import type { OnBadRow } from "./record-rows.ts";
import { UnitState } from "./state-rows.ts";

const RESTORE = "restore a backup with: iotctl restore FILE";
/** So many different rows are named; more are damage of another kind. */
const MOST_NAMED = 1000;

/** CCM's data in the database. */
export class DatabaseStore implements CcmStore {
	readonly #store: StorePort;
	readonly #rowsOf: (db: Db) => CcmRows;
	readonly #catalog = catalogMemories();

	/**
	 * @param store Opened with `CCM_SCHEMA`.
	 * @param log Hears of rows that cannot be read; all others are served.
	 */
	constructor(store: StorePort, log: Logger) {
		const onBadRow = firstOf((row, reason) => {
			const isProject = row.startsWith("ccm_project ");
			const help = isProject ? `delete the project, or ${RESTORE}` : RESTORE;
			log.error(`a stored row cannot be read and is left out: ${help}`, { row, reason });
		});
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

/** Rows are read again and again: once is enough to say what is wrong with one. */
function firstOf(tell: OnBadRow): OnBadRow {
	const told = new Set<string>();
	return (row, reason) => {
		const line = `${row} ${reason}`;
		if (told.has(line) || told.size >= MOST_NAMED) return;
		told.add(line);
		tell(row, reason);
	};
}
