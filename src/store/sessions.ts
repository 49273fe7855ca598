import { Type } from "@sinclair/typebox";
import { and, eq, gt, lte, sql } from "drizzle-orm";
import { InvariantError, messageOf } from "../kit/mod.ts";
import type { Db } from "./db.ts";
import { readJson } from "./json-columns.ts";
import { onFirstUse } from "./on-first-use.ts";
import { preparePut } from "./prepare-put.ts";
import { checkRow } from "./row-rules.ts";
import type { StoreTables } from "./schema.ts";

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

type Sessions = StoreTables["mqttSessions"];
type Messages = StoreTables["mqttMessages"];

/** The tables of persistent sessions. Writing methods belong inside `Store.write`. */
export class SessionRows {
	readonly #db: Db;
	readonly #sessions: Sessions;
	/** Prepared, like all that follow, since there may be hundreds in a commit. */
	readonly #put: (row: Sessions["$inferSelect"]) => Promise<void>;
	readonly #remove: () => ReturnType<typeof prepareRemove>;
	readonly #putMessage: (row: Messages["$inferSelect"]) => Promise<void>;
	readonly #removeMessage: () => ReturnType<typeof prepareRemoveMessage>;
	readonly #messagesAfter: () => ReturnType<typeof prepareMessagesAfter>;

	constructor(db: Db, { mqttSessions, mqttMessages }: StoreTables) {
		this.#db = db;
		this.#sessions = mqttSessions;
		this.#put = preparePut(db, mqttSessions, [mqttSessions.client]);
		this.#remove = onFirstUse(() => prepareRemove(db, mqttSessions));
		this.#putMessage = preparePut(db, mqttMessages, [mqttMessages.id]);
		this.#removeMessage = onFirstUse(() => prepareRemoveMessage(db, mqttMessages));
		this.#messagesAfter = onFirstUse(() => prepareMessagesAfter(db, mqttMessages));
	}

	/** All sessions; one that cannot be read goes to `onOdd`. */
	async all(onOdd: (clientId: string, reason: string) => void): Promise<SessionRecord[]> {
		const rows = await this.#db.select().from(this.#sessions);
		return rows.flatMap((row) => {
			const { client, login, used, filters, received } = row;
			try {
				checkRow(this.#sessions, row);
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
	async *messages(): AsyncGenerator<SessionMessageRecord> {
		let last = 0;
		for (;;) {
			const rows = await this.#messagesAfter().execute({ last });
			for (const { id, client, topic, payload, qos, retain, packetId } of rows) {
				const content = topic === null ? null : { topic, payload: payload ?? Buffer.alloc(0) };
				yield { row: id, clientId: client, content, qos, retain, packetId };
				last = id;
			}
			if (rows.length < MESSAGES_PER_READ) return;
		}
	}

	/** Stores a session, replacing what its client id had. */
	async put({ clientId, login, used, filters, received }: SessionRecord): Promise<void> {
		await this.#put({
			client: clientId,
			login,
			used,
			filters: JSON.stringify(filters),
			received: JSON.stringify(received),
		});
	}

	/** Ends a session; its messages are removed one by one. */
	async remove(clientId: string): Promise<void> {
		await this.#remove().execute({ client: clientId });
	}

	/** Stores a message, replacing what its row had. */
	async putMessage(message: SessionMessageRecord): Promise<void> {
		const { row, clientId, content, qos, retain, packetId } = message;
		await this.#putMessage({
			id: row,
			client: clientId,
			topic: content?.topic ?? null,
			payload: content === null ? null : Buffer.from(content.payload),
			qos,
			retain,
			packetId,
		});
	}

	async removeMessage(row: number): Promise<void> {
		await this.#removeMessage().execute({ id: row });
	}
}

function prepareRemove(db: Db, sessions: Sessions) {
	return db
		.delete(sessions)
		.where(eq(sessions.client, sql.placeholder("client")))
		.prepare();
}

function prepareRemoveMessage(db: Db, messages: Messages) {
	return db
		.delete(messages)
		.where(eq(messages.id, sql.placeholder("id")))
		.prepare();
}

function prepareMessagesAfter(db: Db, messages: Messages) {
	return db
		.select()
		.from(messages)
		.where(and(gt(messages.id, sql.placeholder("last")), lte(messages.id, MAX_ROW)))
		.orderBy(messages.id)
		.limit(MESSAGES_PER_READ)
		.prepare();
}
