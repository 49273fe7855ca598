// Settings of both kinds of broker for tests, and a place for the embedded one's retained messages.
import { ANYONE } from "../../src/auth/principal.ts";
import type { EmbeddedBrokerOptions } from "../../src/broker/embedded-options.ts";
import type { Authority } from "../../src/broker/login.ts";
import type { RetainedDisk, RetainedMessage } from "../../src/broker/retained.ts";
import type {
	SessionChanges,
	SessionDisk,
	StoredMessage,
	StoredSession,
} from "../../src/broker/session-disk.ts";
import type { WsGate } from "../../src/broker/ws-session.ts";
import type { ExternalBrokerOptions } from "../../src/mqtt/external-options.ts";

/** Generous limits on free ports of this machine, with changes. */
export function brokerOptions(changes: Partial<EmbeddedBrokerOptions> = {}): EmbeddedBrokerOptions {
	return {
		bind: "127.0.0.1",
		port: 0,
		wsPort: 0,
		tls: { mqtt: undefined, ws: undefined },
		maxPacketBytes: 1 << 20,
		maxClientQueueBytes: 4 << 20,
		connectTimeoutMs: 10_000,
		stopTimeoutMs: 1000,
		admission: admission(),
		subscriptions: { maxPerClient: 100, maxWildcards: 100, maxTotal: 1000 },
		sessions: { maxSessions: 100, maxQueued: 100, maxQueuedBytes: 1 << 20 },
		retained: { maxMessages: 100, maxBytes: 1 << 20, isRetained: () => true, isKept: () => true },
		...changes,
	};
}

/** An external broker on this machine without logins, with changes. */
export function externalOptions({
	port,
	...changes
}: Partial<ExternalBrokerOptions> & { readonly port: number }): ExternalBrokerOptions {
	return {
		scheme: "mqtt",
		ca: undefined,
		addresses: [{ host: "127.0.0.1", port }],
		clientName: "csm",
		sessionId: undefined,
		isRequest: (topic) => topic.startsWith("iottalk/api/req/"),
		username: "",
		password: "",
		maxUnsent: 100,
		dataQos: 2,
		startTimeoutMs: 5000,
		stopTimeoutMs: 1000,
		...changes,
	};
}

/** Room for a hundred connections as fast as they come, with changes. */
export function admission(
	changes: Partial<EmbeddedBrokerOptions["admission"]> = {},
): EmbeddedBrokerOptions["admission"] {
	return { maxClients: 100, maxPerAddress: 100, maxConnecting: 100, perSecond: 1000, ...changes };
}

/** Lets everyone do everything. */
export const OPEN: Authority = {
	login: async () => ANYONE,
	deviceLogin: () => ({ kind: "refused" }),
	isCurrent: () => true,
	remember: ({ kind }) => kind,
	recall: () => ANYONE,
	mayPublish: () => true,
	maySubscribe: () => true,
	onTaken: () => {},
};

/** Lets every WebSocket in. */
export const openGate: WsGate = () => ({ refusal: undefined, isForeignPage: false });

/** Remembers what it is given, and how often it was. */
export class MemoryDisk implements RetainedDisk {
	readonly messages = new Map<string, RetainedMessage>();
	saves = 0;
	/** Makes the next saves fail. */
	broken = false;

	async load(): Promise<RetainedMessage[]> {
		return [...this.messages.values()];
	}

	async save(changes: ReadonlyMap<string, RetainedMessage | null>): Promise<void> {
		if (this.broken) throw new Error("no room");
		this.saves += 1;
		for (const [topic, message] of changes) {
			if (message === null) this.messages.delete(topic);
			else this.messages.set(topic, message);
		}
	}
}

/** Remembers sessions, and what it was given in each save. */
export class MemorySessions implements SessionDisk {
	readonly sessions = new Map<string, StoredSession>();
	readonly messages = new Map<number, StoredMessage>();
	readonly saves: SessionChanges[] = [];
	/** Makes the next saves fail. */
	broken = false;

	async loadSessions(): Promise<StoredSession[]> {
		return [...this.sessions.values()];
	}

	async *loadMessages(): AsyncGenerator<StoredMessage> {
		yield* [...this.messages.values()].toSorted((a, b) => a.row - b.row);
	}

	async save(changes: SessionChanges): Promise<void> {
		if (this.broken) throw new Error("no room");
		this.saves.push(changes);
		for (const row of changes.removedMessages) this.messages.delete(row);
		for (const [id, session] of changes.sessions) {
			if (session === null) this.sessions.delete(id);
			else this.sessions.set(id, session);
		}
		for (const message of changes.messages) this.messages.set(message.row, message);
	}
}
