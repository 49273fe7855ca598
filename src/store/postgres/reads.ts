import { InvariantError } from "../../kit/mod.ts";
import type { Db } from "../db.ts";
import { isStopping } from "../storage-health.ts";
import type { PostgresAddress } from "./address.ts";
import { type Ask, Pool } from "./connection.ts";
import { cannotRead, isLost } from "./failures.ts";
import { handleOver } from "./handle.ts";

/** Questions at a time; more wait. */
const CONNECTIONS = 4;
const READS = /^\s*(select|with|\()/i;

/** Reads the database. What fails because a connection was lost is asked once more. */
export class Reads {
	/** Sees with each query what is committed, and cannot write. */
	readonly db: Db;
	readonly #pool: Pool;
	readonly #running = new Set<Promise<unknown>>();
	#isClosed = false;

	constructor(address: PostgresAddress) {
		this.#pool = new Pool(address, CONNECTIONS);
		this.db = handleOver((text, params) => {
			if (!READS.test(text)) throw new InvariantError("The handle for reading cannot write");
			return this.#twice(() => this.#pool.ask(text, params));
		});
	}

	/** Runs queries that see one and the same committed state. @throws StorageError */
	asOfOneMoment<T>(work: (db: Db) => Promise<T>): Promise<T> {
		return this.#twice(() => this.#pool.with((ask) => inReadTransaction(ask, work)));
	}

	/** Closes the connections when reads in flight have ended. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await Promise.allSettled([...this.#running]);
		this.#pool.close();
	}

	async #twice<T>(work: () => Promise<T>): Promise<T> {
		if (this.#isClosed) {
			throw isStopping("read");
		}
		const running = again(work);
		this.#running.add(running);
		try {
			return await running;
		} catch (error) {
			throw cannotRead(error);
		} finally {
			this.#running.delete(running);
		}
	}
}

/** Runs queries in a transaction that cannot write; it ends with the connection's next use. */
export async function inReadTransaction<T>(ask: Ask, work: (db: Db) => Promise<T>): Promise<T> {
	await ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	return await work(handleOver(ask));
}

async function again<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!isLost(error)) throw error;
		return await work();
	}
}
