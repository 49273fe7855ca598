import type { RetainedRecord } from "./retained.ts";
import type { SessionMessageRecord, SessionRecord } from "./sessions.ts";
import type { Store } from "./store.ts";

interface SessionRecords {
	readonly removedMessages: readonly number[];
	readonly sessions: ReadonlyMap<string, SessionRecord | null>;
	readonly messages: readonly SessionMessageRecord[];
}

/**
 * What the built-in broker keeps on the disk: retained messages and persistent sessions. It always is in a SQLite file
 * on this machine, wherever devices and graphs are.
 */
export function brokerDisk(store: Store) {
	return {
		retained: {
			load: () => store.retained.all(),
			save: (changes: ReadonlyMap<string, RetainedRecord | null>) =>
				store.write(({ retained }) => {
					for (const [topic, message] of changes) {
						if (message === null) retained.remove(topic);
						else retained.put(message);
					}
				}),
		},
		sessions: {
			loadSessions: (onOdd: (clientId: string, reason: string) => void) =>
				store.sessions.all(onOdd),
			loadMessages: () => store.sessions.messages(),
			save: ({ removedMessages, sessions: changes, messages }: SessionRecords) =>
				store.write(({ sessions }) => {
					for (const row of removedMessages) sessions.removeMessage(row);
					for (const [clientId, session] of changes) {
						if (session === null) sessions.remove(clientId);
						else sessions.put(session);
					}
					for (const message of messages) sessions.putMessage(message);
				}),
		},
	};
}
