import { eq, getTableColumns, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { onFirstUse } from "./on-first-use.ts";
import { preparePut } from "./prepare-put.ts";
import { brokenRule } from "./row-rules.ts";
import type { StoreTables } from "./schema.ts";

/** A retained message of the built-in broker. */
export interface RetainedRecord {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly qos: 0 | 1 | 2;
}

type Retained = StoreTables["retained"];

/** The retained table. Writing methods belong inside `Store.write`. */
export class RetainedRows {
	readonly #db: Db;
	readonly #retained: Retained;
	/** Prepared, since there may be a thousand in a commit. */
	readonly #put: (row: Retained["$inferSelect"]) => Promise<void>;
	readonly #remove: () => ReturnType<typeof prepareRemove>;

	constructor(db: Db, { retained }: StoreTables) {
		this.#db = db;
		this.#retained = retained;
		this.#put = preparePut(db, retained, [retained.topic]);
		this.#remove = onFirstUse(() => prepareRemove(db, retained));
	}

	/** All messages; one that cannot be read goes to `onOdd`. */
	async all(onOdd: (topic: string, reason: string) => void): Promise<RetainedRecord[]> {
		const rows = await this.#db.select().from(this.#retained);
		const columns = getTableColumns(this.#retained);
		const readable = rows.filter((row) => {
			const problem = brokenRule(columns, row);
			if (problem !== undefined) onOdd(row.topic, `Stored ${problem}`);
			return problem === undefined;
		});
		return readable.map(({ topic, payload, qos }) => ({
			topic,
			payload,
			qos: qos === 1 || qos === 2 ? qos : 0,
		}));
	}

	/** Stores a message, replacing what its topic had. */
	async put({ topic, payload, qos }: RetainedRecord): Promise<void> {
		await this.#put({ topic, payload: Buffer.from(payload), qos });
	}

	async remove(topic: string): Promise<void> {
		await this.#remove().execute({ topic });
	}
}

function prepareRemove(db: Db, retained: Retained) {
	return db
		.delete(retained)
		.where(eq(retained.topic, sql.placeholder("topic")))
		.prepare();
}
