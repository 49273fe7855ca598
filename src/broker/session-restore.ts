import type { Logger } from "../kit/mod.ts";
import type { Login } from "./login.ts";
import type { MemoryPersistence } from "./memory-persistence.ts";
import type { SessionDisk, StoredMessage, StoredSession } from "./session-disk.ts";
import { oddMessage, oddSession } from "./stored-rows.ts";

export interface SessionRestoreDeps {
	readonly persistence: MemoryPersistence;
	/** Whose the sessions are. */
	readonly login: Login;
	readonly disk: SessionDisk;
	readonly log: Logger;
}

/** A session on the disk. */
export type FoundSession = Pick<StoredSession, "clientId" | "used" | "received">;

/**
 * Brings persistent sessions and their messages from the disk into memory, within the limits of now: those used last, the
 * newest messages. What cannot be read is named and left out, sessions without a login any more are too.
 * @returns all sessions that are on the disk; the persistence tells which of them were taken over.
 */
export function restoreSessions(deps: SessionRestoreDeps): FoundSession[] {
	const { disk, log } = deps;
	const found: FoundSession[] = [];
	const leaveOut = (clientId: string, reason: string) =>
		log.warn("stored session left out", { client: clientId, reason });
	const stored = disk.loadSessions((clientId, reason) => {
		leaveOut(clientId, reason);
		found.push({ clientId, used: 0, received: [] });
	});
	for (const session of stored.toSorted((a, b) => a.used - b.used)) {
		found.push(session);
		const odd = oddSession(session);
		if (odd === undefined) restoreSession(deps, session);
		else leaveOut(session.clientId, odd);
	}
	for (const message of disk.loadMessages()) restoreMessage(deps, message);
	return found;
}

function restoreSession(
	{ persistence, login, log }: SessionRestoreDeps,
	session: StoredSession,
): void {
	const { clientId } = session;
	if (login.restore(clientId, session.login)) persistence.restore(session);
	else log.info("session not taken over: its login is gone", { client: clientId });
}

function restoreMessage({ persistence, log }: SessionRestoreDeps, message: StoredMessage): void {
	const { queues } = persistence;
	const { row, clientId, content, qos, retain, packetId } = message;
	if (!persistence.hasSession(clientId)) {
		// It went with its session.
		queues.leaveOut(row);
		return;
	}
	const isTaken = packetId !== null && queues.isInUse(clientId, packetId);
	const odd = oddMessage(message) ?? (isTaken ? `packet id ${packetId} a second time` : undefined);
	if (odd !== undefined) {
		log.warn("stored message of a session left out", { client: clientId, row, reason: odd });
		queues.leaveOut(row);
		return;
	}
	const messageId = packetId ?? undefined;
	const packet =
		content === null
			? { cmd: "pubrel", messageId }
			: { cmd: "publish", ...content, qos, retain, messageId };
	queues.restore(clientId, row, packet);
}
