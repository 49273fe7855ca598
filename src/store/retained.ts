import { eq, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { retained } from "./schema.ts";

/** A retained message of the built-in broker. */
export interface RetainedRecord {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly qos: 0 | 1 | 2;
}

/**
 * The retained table, of SQLite whatever the other tables are in: calls are synchronous. Writing methods belong inside
 * `Store.write`.
 */
export class RetainedRows {
	readonly #db: Db;
	/** Prepared, since there may be thousands in a commit. */
	readonly #put: ReturnType<typeof preparePut>;

	constructor(db: Db) {
		this.#db = db;
		this.#put = preparePut(db);
	}

	all(): RetainedRecord[] {
		return this.#db
			.select()
			.from(retained)
			.all()
			.map(({ topic, payload, qos }) => ({
				topic,
				payload,
				qos: qos === 1 || qos === 2 ? qos : 0,
			}));
	}

	/** Stores a message, replacing what its topic had. */
	put({ topic, payload, qos }: RetainedRecord): void {
		this.#put.run({ topic, payload: Buffer.from(payload), qos });
	}

	remove(topic: string): void {
		this.#db.delete(retained).where(eq(retained.topic, topic)).run();
	}
}

function preparePut(db: Db) {
	const values = { payload: sql.placeholder("payload"), qos: sql.placeholder("qos") };
	const changes = { payload: sql`excluded.payload`, qos: sql`excluded.qos` };
	return db
		.insert(retained)
		.values({ topic: sql.placeholder("topic"), ...values })
		.onConflictDoUpdate({ target: retained.topic, set: changes })
		.prepare();
}
