import type { Db } from "./db.ts";
import { perHandle } from "./per-handle.ts";
import type { StorePort } from "./port.ts";
import { type RetainedRecord, RetainedRows } from "./retained.ts";
import { storeTables } from "./schema.ts";
import { type SessionMessageRecord, type SessionRecord, SessionRows } from "./sessions.ts";

interface SessionRecords {
	readonly removedMessages: readonly number[];
	readonly sessions: ReadonlyMap<string, SessionRecord | null>;
	readonly messages: readonly SessionMessageRecord[];
}

/**
 * What the built-in broker keeps on the disk: retained messages and persistent sessions. It always is in a SQLite file
 * on this machine, wherever devices and graphs are.
 */
export function brokerDisk(store: StorePort) {
	const tables = storeTables(store.columns);
	const retainedIn = perHandle((db: Db) => new RetainedRows(db, tables));
	const sessionsIn = perHandle((db: Db) => new SessionRows(db, tables));
	return {
		retained: {
			load: (onOdd: (topic: string, reason: string) => void) =>
				retainedIn(store.reading).all(onOdd),
			save: (changes: ReadonlyMap<string, RetainedRecord | null>) =>
				store.write(async (db) => {
					const retained = retainedIn(db);
					for (const [topic, message] of changes) {
						if (message === null) await retained.remove(topic);
						else await retained.put(message);
					}
				}),
		},
		sessions: {
			loadSessions: (onOdd: (clientId: string, reason: string) => void) =>
				sessionsIn(store.reading).all(onOdd),
			loadMessages: () => sessionsIn(store.reading).messages(),
			save: ({ removedMessages, sessions: changes, messages }: SessionRecords) =>
				store.write(async (db) => {
					const sessions = sessionsIn(db);
					for (const row of removedMessages) await sessions.removeMessage(row);
					for (const [clientId, session] of changes) {
						if (session === null) await sessions.remove(clientId);
						else await sessions.put(session);
					}
					for (const message of messages) await sessions.putMessage(message);
				}),
		},
	};
}
