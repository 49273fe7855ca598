// What a client's stream is given for the fast path, without a broker behind it.
import type { Client } from "aedes";
import { FastPath } from "../../src/broker/fast-path.ts";
import type { FrameSink } from "../../src/broker/frame-sink.ts";
import { Handshakes } from "../../src/broker/handshakes.ts";
import { OfflineQueues } from "../../src/broker/offline-queues.ts";
import { PageOwners } from "../../src/broker/page-owners.ts";
import { ReceivedIds } from "../../src/broker/received-ids.ts";
import { Routes } from "../../src/broker/routes.ts";
import { SessionFilters } from "../../src/broker/session-filters.ts";
import type { MessageHandler } from "../../src/mqtt/port.ts";

/** @param handler Hears every topic. */
export function fastPathParts({
	stream,
	isClean = true,
	handler,
}: {
	readonly stream: FrameSink;
	readonly isClean?: boolean;
	readonly handler?: MessageHandler;
}) {
	const routes = new Routes({
		pages: new PageOwners(),
		sessionFilters: new SessionFilters(),
		handlersOf: () => (handler === undefined ? [] : [handler]),
	});
	const client = { id: "c", clean: isClean } as Client;
	const queues = new OfflineQueues({ maxQueued: 10, maxQueuedBytes: 10_000 }, () => {});
	const received = new ReceivedIds(() => {});
	const reader = routes.readerOf(client, stream);
	return {
		path: new FastPath(routes, { forward: () => {} }),
		arrival: { clientId: "c", user: null, connection: null, mayPublish: undefined },
		handshakes: new Handshakes({
			reader,
			queues,
			received,
			sessionDelivery: { confirmed: () => {} },
		}),
		reader,
		queues,
		received,
	};
}

/** Takes frames, and notes them as hexadecimal digits. */
export class RecordingSink implements FrameSink {
	isOpen = true;
	readonly unsentBytes = 0;
	readonly maxUnsentBytes: number;
	readonly sent: string[] = [];
	/** Why it was disconnected. */
	reason: string | undefined;

	constructor(maxUnsentBytes = 1000) {
		this.maxUnsentBytes = maxUnsentBytes;
	}

	send(frame: Uint8Array): void {
		this.sent.push(Buffer.from(frame).toString("hex"));
	}

	disconnect(reason: string): void {
		this.isOpen = false;
		this.reason = reason;
	}

	async whenSent(): Promise<void> {}
}
