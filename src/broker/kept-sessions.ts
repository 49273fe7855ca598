import { type Logger, messageOf } from "../kit/mod.ts";
import type { Login } from "./login.ts";
import type { MemoryPersistence } from "./memory-persistence.ts";
import type { QueueEntry } from "./offline-queues.ts";
import type { SessionChanges, SessionDisk, StoredMessage, StoredSession } from "./session-disk.ts";
import { restoreSessions } from "./session-restore.ts";
import type { SessionWatch } from "./session-watch.ts";

/** Changes within this time go to the disk together. */
const SAVE_EVERY_MS = 1000;
/** The event loop stands still while so much is written: some milliseconds. */
const MAX_PER_SLICE = 500;
const MAX_SLICE_BYTES = 1 << 20;

export interface KeptSessionsDeps {
	readonly persistence: MemoryPersistence;
	/** Knows which login a session belongs to. */
	readonly login: Login;
	readonly disk: SessionDisk;
	readonly log: Logger;
}

/**
 * Keeps persistent sessions with their subscriptions and waiting messages over a restart (`MQTT 3.1.1 §4.1`): what
 * has changed goes to the disk once a second, beside the data path. A message that was confirmed within that
 * second is never written.
 */
export class KeptSessions implements SessionWatch {
	readonly #deps: KeptSessionsDeps;
	/** Client id → when it was used last. */
	readonly #used = new Map<string, number>();
	#lastUse = 0;
	/** Sessions that are not stored as they are, or have ended. */
	readonly #changed = new Set<string>();
	/** Sessions whose clients released, or sent, messages of QoS 2; mostly that cancels out within a second. */
	readonly #maybeChanged = new Set<string>();
	/** Sessions on the disk, by client id, with the packet ids of such messages. */
	readonly #onDisk = new Map<string, string>();
	#timer: Timer | undefined;
	#saving: Promise<void> = Promise.resolve();
	#isOver = false;

	constructor(deps: KeptSessionsDeps) {
		this.#deps = deps;
	}

	/** Takes over what the disk has, within the current limits. */
	async start(): Promise<void> {
		const { persistence } = this.#deps;
		for (const { clientId, used, received } of await restoreSessions(this.#deps)) {
			this.#onDisk.set(clientId, received.join());
			this.#used.set(clientId, used);
			this.#lastUse = Math.max(this.#lastUse, used);
			// It was invalid, or one too many, or its login is gone.
			if (!persistence.hasSession(clientId)) this.#changed.add(clientId);
		}
		persistence.watch = this;
		persistence.queues.onChange = () => this.#saveSoon();
		if (this.#count > 0) this.#saveSoon();
	}

	/** Stores what is not stored yet. */
	async stop(): Promise<void> {
		this.#isOver = true;
		clearTimeout(this.#timer);
		await this.#saving;
		await this.#save();
	}

	used(clientId: string): void {
		this.#lastUse += 1;
		this.#used.set(clientId, this.#lastUse);
		this.changed(clientId);
	}

	changed(clientId: string): void {
		if (!this.#deps.persistence.hasSession(clientId) && !this.#onDisk.has(clientId)) {
			// It came and went between two saves.
			this.#changed.delete(clientId);
			this.#used.delete(clientId);
			return;
		}
		this.#changed.add(clientId);
		this.#saveSoon();
	}

	received(clientId: string): void {
		if (!this.#deps.persistence.hasSession(clientId)) return;
		this.#maybeChanged.add(clientId);
		this.#saveSoon();
	}

	/** Changes that are not stored. */
	get #count(): number {
		const { changed, removed } = this.#deps.persistence.queues;
		return this.#changed.size + changed.size + removed.size;
	}

	#saveSoon(): void {
		if (this.#isOver) return;
		this.#timer ??= setTimeout(() => {
			this.#saving = this.#save().then(() => {
				this.#timer = undefined;
				if (this.#count > 0) this.#saveSoon();
			});
		}, SAVE_EVERY_MS);
	}

	/** Stores what there is at the moment, slice by slice, with others' work in between. */
	async #save(): Promise<void> {
		for (const clientId of this.#maybeChanged) {
			const isStored = this.#onDisk.get(clientId) ?? "";
			if (this.#deps.persistence.received.of(clientId).join() !== isStored)
				this.#changed.add(clientId);
		}
		this.#maybeChanged.clear();
		for (let left = this.#count; left > 0; ) {
			const slice = this.#takeSlice();
			const { removedMessages, sessions, messages } = slice.changes;
			const taken = removedMessages.length + sessions.size + messages.length;
			if (taken === 0) return;
			left -= taken;
			try {
				await this.#deps.disk.save(slice.changes);
			} catch (error) {
				this.#putBack(slice);
				this.#deps.log.debug("sessions not stored yet", { reason: messageOf(error) });
				return;
			}
		}
	}

	#takeSlice(): Slice {
		const { queues } = this.#deps.persistence;
		const removedMessages = take(queues.removed, MAX_PER_SLICE);
		const sessions = new Map<string, StoredSession | null>();
		for (const id of take(this.#changed, MAX_PER_SLICE - removedMessages.length)) {
			sessions.set(id, this.#rowOf(id));
		}
		const entries: QueueEntry[] = [];
		let bytes = 0;
		const room = MAX_PER_SLICE - removedMessages.length - sessions.size;
		for (const entry of queues.changed) {
			if (entries.length >= room || bytes > MAX_SLICE_BYTES) break;
			// From here on its row may be there, and has to go with it.
			entry.isStored = true;
			queues.changed.delete(entry);
			entries.push(entry);
			bytes += entry.bytes;
		}
		const messages = entries.map(rowOfMessage);
		return { entries, changes: { removedMessages, sessions, messages } };
	}

	#putBack({ entries, changes }: Slice): void {
		const { queues } = this.#deps.persistence;
		for (const row of changes.removedMessages) queues.removed.add(row);
		for (const clientId of changes.sessions.keys()) {
			this.#changed.add(clientId);
			if (!this.#onDisk.has(clientId)) this.#onDisk.set(clientId, "");
		}
		for (const entry of entries) if (queues.has(entry)) queues.changed.add(entry);
	}

	/** A session as it is now; null when it has ended. */
	#rowOf(clientId: string): StoredSession | null {
		const { persistence, login } = this.#deps;
		const owner = login.rememberedOf(clientId);
		if (!persistence.hasSession(clientId) || owner === undefined) {
			this.#used.delete(clientId);
			this.#onDisk.delete(clientId);
			return null;
		}
		const received = persistence.received.of(clientId);
		this.#onDisk.set(clientId, received.join());
		const used = this.#used.get(clientId) ?? 0;
		return { clientId, login: owner, used, filters: persistence.filters.of(clientId), received };
	}
}

interface Slice {
	readonly entries: readonly QueueEntry[];
	readonly changes: SessionChanges;
}

function rowOfMessage({ row, clientId, packet }: QueueEntry): StoredMessage {
	const { cmd, topic = "", payload = "", qos = 0, retain = false, messageId } = packet;
	const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
	const content = cmd === "publish" ? { topic, payload: bytes } : null;
	return { row, clientId, content, qos, retain, packetId: messageId ?? null };
}

function take<T>(from: Set<T>, most: number): T[] {
	const taken: T[] = [];
	for (const item of from) {
		if (taken.length >= most) break;
		from.delete(item);
		taken.push(item);
	}
	return taken;
}
