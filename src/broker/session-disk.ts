import type { SessionFilter } from "./session-filters.ts";

/** A persistent session as it is stored, without its messages. */
export interface StoredSession {
	readonly clientId: string;
	/** Its login, as `Authority.remember` names it. */
	readonly login: string;
	/** Grows with every use of any session: the one used longest ago has the smallest. */
	readonly used: number;
	readonly filters: readonly SessionFilter[];
	/** Packet ids of QoS 2 messages of its client that are received and not released (`MQTT 3.1.1 §4.3.3`). */
	readonly received: readonly number[];
}

/** A message that a session's client has not confirmed to the end. */
export interface StoredMessage {
	/** Grows with every message of any session. */
	readonly row: number;
	readonly clientId: string;
	/** Null when the client has received the message (QoS 2), and only its release is still to be confirmed. */
	readonly content: { readonly topic: string; readonly payload: Uint8Array } | null;
	readonly qos: number;
	readonly retain: boolean;
	/** What it was sent with; null when it was not sent yet. */
	readonly packetId: number | null;
}

/** What belongs together: all of it is stored, or nothing. */
export interface SessionChanges {
	/** Rows of messages that are done; they come first. */
	readonly removedMessages: readonly number[];
	/** Null: the session has ended. */
	readonly sessions: ReadonlyMap<string, StoredSession | null>;
	readonly messages: readonly StoredMessage[];
}

/** Where persistent sessions outlive the broker. What it gives may have been changed by others: it is input. */
export interface SessionDisk {
	/** @param onOdd Called for a session that cannot be read, with its client id. */
	loadSessions(onOdd: (clientId: string, reason: string) => void): Promise<StoredSession[]>;
	/** All messages in the order of their rows, read bit by bit. */
	loadMessages(): AsyncIterable<StoredMessage>;
	save(changes: SessionChanges): Promise<void>;
}

/** Where sessions end with the broker. */
export const NO_SESSION_DISK: SessionDisk = {
	loadSessions: async () => [],
	async *loadMessages() {},
	save: async () => {},
};
