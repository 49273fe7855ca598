import type { Logger } from "../kit/mod.ts";
import type { Login } from "./login.ts";
import type { MemoryPersistence } from "./memory-persistence.ts";
import type { SessionDisk, StoredMessage, StoredSession } from "./session-disk.ts";
import { messageProblem, sessionProblem } from "./stored-rows.ts";

export interface SessionRestoreDeps {
	readonly persistence: MemoryPersistence;
	/** Knows which login a session belongs to. */
	readonly login: Login;
	readonly disk: SessionDisk;
	readonly log: Logger;
}

/** A session on the disk. */
export type FoundSession = Pick<StoredSession, "clientId" | "used" | "received">;

/**
 * Brings persistent sessions and their messages from the disk into memory, within the current limits: those used last, the
 * newest messages. What cannot be read is logged and skipped, and so are sessions whose login no longer exists.
 * @returns all sessions that are on the disk; the persistence tells which of them were restored.
 */
export async function restoreSessions(deps: SessionRestoreDeps): Promise<FoundSession[]> {
	const { disk, log } = deps;
	const found: FoundSession[] = [];
	const skip = (clientId: string, reason: string) =>
		log.warn("stored session skipped", { client: clientId, reason });
	const stored = await disk.loadSessions((clientId, reason) => {
		skip(clientId, reason);
		found.push({ clientId, used: 0, received: [] });
	});
	for (const session of stored.toSorted((a, b) => a.used - b.used)) {
		found.push(session);
		const problem = sessionProblem(session);
		if (problem === undefined) restoreSession(deps, session);
		else skip(session.clientId, problem);
	}
	for await (const message of disk.loadMessages()) restoreMessage(deps, message);
	return found;
}

function restoreSession(
	{ persistence, login, log }: SessionRestoreDeps,
	session: StoredSession,
): void {
	const { clientId } = session;
	if (login.restore(clientId, session.login)) persistence.restore(session);
	else log.info("session dropped: its login no longer exists", { client: clientId });
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
	const problem =
		messageProblem(message) ?? (isTaken ? `packet id ${packetId} a second time` : undefined);
	if (problem !== undefined) {
		log.warn("stored message of a session skipped", { client: clientId, row, reason: problem });
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
