import { Type } from "@sinclair/typebox";
import { and, eq, gt, lte, sql } from "drizzle-orm";
import { InvariantError, messageOf } from "../kit/mod.ts";
import type { Db } from "./db.ts";
import { readJson } from "./json-columns.ts";
import { mqttMessages, mqttSessions } from "./schema.ts";

const Filters = Type.Array(
	Type.Object({
		topic: Type.String(),
		qos: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)]),
		/** What it publishes itself is not for it; bridges ask for that. */
		nl: Type.Optional(Type.Boolean()),
		/** RETAIN as the publisher had it; bridges ask for that. */
		rap: Type.Optional(Type.Boolean()),
	}),
);
const PacketIds = Type.Array(Type.Integer());

/** A persistent session of a client of the built-in broker (`MQTT 3.1.1 §4.1`). */
export interface SessionRecord {
	readonly clientId: string;
	/** Whose it is. */
	readonly login: string;
	/** The greatest of all was used last. */
	readonly used: number;
	readonly filters: readonly {
		readonly topic: string;
		readonly qos: 0 | 1 | 2;
		readonly nl?: boolean;
		readonly rap?: boolean;
	}[];
	/** Packet ids of QoS 2 messages received from the client and not released. */
	readonly received: readonly number[];
}

/** A message that waits in a session. */
export interface SessionMessageRecord {
	/** The greatest of all is the newest. */
	readonly row: number;
	readonly clientId: string;
	/** Null: only the release of a message is still to be confirmed. */
	readonly content: { readonly topic: string; readonly payload: Uint8Array } | null;
	readonly qos: number;
	readonly retain: boolean;
	/** Null: not sent yet. */
	readonly packetId: number | null;
}

/** So many are read at a time: each may have a megabyte. */
const MESSAGES_PER_READ = 50;
/** Greater ids are never given: numbers beyond them are not exact. */
const MAX_ROW = 2 ** 52;

/**
 * The tables of persistent sessions, of SQLite whatever the other tables are in: calls are synchronous. Writing methods
 * belong inside `Store.write`.
 */
export class SessionRows {
	readonly #db: Db;
	/** Prepared, since there may be hundreds in a commit. */
	readonly #putMessage: ReturnType<typeof preparePutMessage>;
	readonly #removeMessage: ReturnType<typeof prepareRemoveMessage>;

	constructor(db: Db) {
		this.#db = db;
		this.#putMessage = preparePutMessage(db);
		this.#removeMessage = prepareRemoveMessage(db);
	}

	/** All sessions; one that cannot be read goes to `onOdd`. */
	all(onOdd: (clientId: string, reason: string) => void): SessionRecord[] {
		return this.#db
			.select()
			.from(mqttSessions)
			.all()
			.flatMap(({ client, login, used, filters, received }) => {
				try {
					if (used < 0 || used > MAX_ROW) throw new InvariantError("Stored used is out of range");
					return {
						clientId: client,
						login,
						used,
						filters: readJson(Filters, filters, "filters"),
						received: readJson(PacketIds, received, "received"),
					};
				} catch (error) {
					onOdd(client, messageOf(error));
					return [];
				}
			});
	}

	/** All messages, oldest first, a few in memory at a time; what has an id that is never given is left out. */
	*messages(): Generator<SessionMessageRecord> {
		let last = 0;
		for (;;) {
			const rows = this.#db
				.select()
				.from(mqttMessages)
				.where(and(gt(mqttMessages.id, last), lte(mqttMessages.id, MAX_ROW)))
				.orderBy(mqttMessages.id)
				.limit(MESSAGES_PER_READ)
				.all();
			for (const { id, client, topic, payload, qos, retain, packetId } of rows) {
				const content = topic === null ? null : { topic, payload: payload ?? Buffer.alloc(0) };
				yield { row: id, clientId: client, content, qos, retain, packetId };
				last = id;
			}
			if (rows.length < MESSAGES_PER_READ) return;
		}
	}

	/** Stores a session, replacing what its client id had. */
	put({ clientId, login, used, filters, received }: SessionRecord): void {
		const values = {
			login,
			used,
			filters: JSON.stringify(filters),
			received: JSON.stringify(received),
		};
		this.#db
			.insert(mqttSessions)
			.values({ client: clientId, ...values })
			.onConflictDoUpdate({ target: mqttSessions.client, set: values })
			.run();
	}

	/** Ends a session; its messages are removed one by one. */
	remove(clientId: string): void {
		this.#db.delete(mqttSessions).where(eq(mqttSessions.client, clientId)).run();
	}

	/** Stores a message, replacing what its row had. */
	putMessage({ row, clientId, content, qos, retain, packetId }: SessionMessageRecord): void {
		this.#putMessage.run({
			id: row,
			client: clientId,
			topic: content?.topic ?? null,
			payload: content === null ? null : Buffer.from(content.payload),
			qos,
			retain,
			packetId,
		});
	}

	removeMessage(row: number): void {
		this.#removeMessage.run({ id: row });
	}
}

function preparePutMessage(db: Db) {
	const changes = {
		topic: sql.placeholder("topic"),
		payload: sql.placeholder("payload"),
		qos: sql.placeholder("qos"),
		retain: sql.placeholder("retain"),
		packetId: sql.placeholder("packetId"),
	};
	const excluded = {
		topic: sql`excluded.topic`,
		payload: sql`excluded.payload`,
		qos: sql`excluded.qos`,
		retain: sql`excluded.retain`,
		packetId: sql`excluded.packet_id`,
	};
	return db
		.insert(mqttMessages)
		.values({ id: sql.placeholder("id"), client: sql.placeholder("client"), ...changes })
		.onConflictDoUpdate({ target: mqttMessages.id, set: excluded })
		.prepare();
}

function prepareRemoveMessage(db: Db) {
	return db
		.delete(mqttMessages)
		.where(eq(mqttMessages.id, sql.placeholder("id")))
		.prepare();
}
