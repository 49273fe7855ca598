import { type Columns, type Db, type Effects, perHandle, type StorePort } from "../../store/mod.ts";
import type { HandedRequest, Partitions, SharedChange } from "../partitions.ts";
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

	/** @param isShared Whether nodes of a cluster change them at the same time. */
	constructor(db: Db, columns: Columns, isShared = false) {
		const tables = csmTables(columns);
		this.devices = new DeviceRows(db, tables);
		this.functions = new FunctionRows(db, tables, columns, isShared);
		this.graphs = new GraphRows(db, tables);
		this.links = new LinkRows(db, tables);
		this.deviceApiClients = new DeviceApiClientRows(db, tables);
	}
}

/** A request of a cluster while it is carried out. */
export interface Answering {
	readonly request: HandedRequest;
	/** The reply that was stored, with what the request has changed; undefined: none was. */
	stored: string | undefined;
}

/** The answer to a request. */
export interface Answer {
	readonly to: Answering;
	/** JSON. */
	readonly reply: string;
}

/** What the store of a node of a cluster needs to know. */
export interface StoreShare extends Pick<Partitions, "begin"> {
	/** Unix time by the database's clock, in seconds; undefined: it has not been asked yet. */
	readonly databaseTime?: number | undefined;
}

/** What csm keeps in the database: devices, functions, graphs and links. Presence and data are not here. */
export class CsmStore {
	/** For reading; sees what is committed. */
	readonly rows: CsmRows;
	readonly #store: StorePort;
	readonly #rowsOf: (db: Db) => CsmRows;
	readonly #partitions: StoreShare | undefined;

	/** @param partitions Of a node of a cluster. */
	constructor(store: StorePort, partitions?: StoreShare) {
		this.#store = store;
		this.#partitions = partitions;
		this.#rowsOf = perHandle((db) => new CsmRows(db, store.columns, partitions !== undefined));
		this.rows = this.#rowsOf(store.reading);
	}

	/** See {@link StoreShare.databaseTime}; undefined as well where the server is alone. */
	get databaseTime(): number | undefined {
		return this.#partitions?.databaseTime;
	}

	/**
	 * Changes the database; see `StorePort.write`.
	 * @param work May await nothing but the repositories it is given.
	 * @param changed Graphs (`CLIENT/GRAPH`), devices and clients that it changes.
	 * @param answer To the request that asks for it; stored with the change, in a cluster.
	 * @throws StorageError when the disk does not take it; ElsewhereError when one of those is another node's, or has been
	 * since this was asked for.
	 */
	write<T>(
		work: (rows: CsmRows) => Promise<T> | T,
		effects: Effects<T> = {},
		changed: readonly string[] = [],
		answer?: Answer,
	): Promise<T> {
		const partitions = this.#partitions;
		if (partitions === undefined || changed.length === 0) {
			return this.#store.write((db) => work(this.#rowsOf(db)), effects);
		}
		const isInMemory = effects.committed !== undefined || effects.undone !== undefined;
		const stored = answer && { request: answer.to.request, reply: answer.reply };
		return this.#writeShared(work, answer === undefined ? effects : noted(answer, effects), () =>
			partitions.begin(changed, isInMemory, stored),
		);
	}

	async #writeShared<T>(
		work: (rows: CsmRows) => Promise<T> | T,
		effects: Effects<T>,
		begin: () => SharedChange,
	): Promise<T> {
		const change = begin();
		try {
			return await this.#store.write(async (db) => {
				await change.fence(db);
				return await work(this.#rowsOf(db));
			}, effects);
		} finally {
			change.end();
		}
	}
}

/** What follows from a change, and that its answer is stored. */
function noted<T>({ to, reply }: Answer, effects: Effects<T>): Effects<T> {
	return {
		...effects,
		committed: (result) => {
			to.stored = reply;
			effects.committed?.(result);
		},
	};
}
