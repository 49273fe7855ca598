import { type Columns, type Db, type Effects, perHandle, type StorePort } from "../../store/mod.ts";
import { DeviceApiClientRows } from "./device-api-clients.ts";
import { DeviceRows } from "./devices.ts";
import { FunctionRows } from "./functions.ts";
import { GraphRows } from "./graphs.ts";
import { LinkRows } from "./links.ts";
import { csmTables } from "./tables.ts";

/** The repositories of csm over one connection. */
export class CsmRows {
	readonly devices: DeviceRows;
	readonly functions: FunctionRows;
	readonly graphs: GraphRows;
	readonly links: LinkRows;
	readonly deviceApiClients: DeviceApiClientRows;

	constructor(db: Db, columns: Columns) {
		const tables = csmTables(columns);
		this.devices = new DeviceRows(db, tables);
		this.functions = new FunctionRows(db, tables, columns);
		this.graphs = new GraphRows(db, tables);
		this.links = new LinkRows(db, tables);
		this.deviceApiClients = new DeviceApiClientRows(db, tables);
	}
}

/** What csm keeps in the database: devices, functions, graphs and links. Presence and data are not here. */
export class CsmStore {
	/** For reading; sees what is committed. */
	readonly rows: CsmRows;
	readonly #store: StorePort;
	readonly #rowsOf: (db: Db) => CsmRows;

	constructor(store: StorePort) {
		this.#store = store;
		this.#rowsOf = perHandle((db) => new CsmRows(db, store.columns));
		this.rows = this.#rowsOf(store.reading);
	}

	/**
	 * Changes the database; see `StorePort.write`.
	 * @param work May await nothing but the repositories it is given.
	 * @throws StorageError when the disk does not take it.
	 */
	write<T>(work: (rows: CsmRows) => Promise<T> | T, effects?: Effects<T>): Promise<T> {
		return this.#store.write((db) => work(this.#rowsOf(db)), effects);
	}
}
