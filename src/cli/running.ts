import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { findRunning, isSuspended, type RunInfo } from "../daemon/mod.ts";
import { ConfigError } from "../kit/mod.ts";

/** How long the running server gets to answer. */
const ANSWER_TIMEOUT_MS = 5000;
const LOOK_EVERY_MS = 20;
/** How long a server may take until it is ready, or has stopped. */
const START_TIMEOUT_MS = 15_000;

/**
 * No other process can listen where the server on this machine does, and the key is worth nothing once it has
 * ended: that its certificate names other hosts than this one does not matter.
 */
export const OWN_TLS = { rejectUnauthorized: false };

/** The server is not running or unresponsive; the exit codes are those of service scripts (LSB). */
export class NotRunning extends ConfigError {
	constructor(
		message: string,
		/** 3: it does not run; 4: it runs, but does not answer. */
		readonly exitCode: 3 | 4,
	) {
		super(message);
	}
}

/** What to type for a process that has been suspended. */
export function suspended(pid: number): string {
	return `process ${pid} is suspended; resume it with: kill -CONT ${pid}`;
}

/** The server on a user directory that is ready. @throws NotRunning when there is none. */
export function runningServer(userdir: string): RunInfo {
	const running = findRunning(userdir);
	if (running === undefined) {
		throw new NotRunning(`not running (no server uses ${userdir}); start it with: iotctl start`, 3);
	}
	if (running.info === undefined) {
		const { pid } = running;
		if (pid !== undefined && isSuspended(pid)) throw new NotRunning(suspended(pid), 4);
		throw new NotRunning(`process ${pid} is starting or stopping; try again`, 4);
	}
	return running.info;
}

/**
 * The same for a server that is about to be ready.
 * @throws NotRunning when there is none, or it takes too long.
 */
export async function serverOnceReady(userdir: string): Promise<RunInfo> {
	await waitFor(() => !isOnItsWay(userdir), START_TIMEOUT_MS);
	return runningServer(userdir);
}

/** Whether a server is starting or stopping. */
function isOnItsWay(userdir: string): boolean {
	const running = findRunning(userdir);
	if (running === undefined || running.info !== undefined) return false;
	return running.pid === undefined || !isSuspended(running.pid);
}

/** Asks the running server for JSON. @throws NotRunning when it does not answer. */
export async function ask(info: RunInfo, path: string, init: RequestInit = {}): Promise<unknown> {
	const response = await fetchFrom(info, path, init);
	try {
		return await response.json();
	} catch {
		throw strange(info, path);
	}
}

/** {@link ask} for an answer of a known shape. */
export async function askFor<T extends TSchema>(
	info: RunInfo,
	path: string,
	shape: T,
): Promise<Static<T>> {
	const answer = await ask(info, path);
	if (Value.Check(shape, answer)) return answer;
	throw strange(info, path);
}

function strange(info: RunInfo, path: string): NotRunning {
	return new NotRunning(`the program at ${info.http}${path} is not an iotctl of this version`, 4);
}

/**
 * @param timeoutMs For the answer to begin, and to be there.
 * @throws NotRunning when it does not answer.
 */
export async function fetchFrom(
	info: RunInfo,
	path: string,
	init: RequestInit = {},
	timeoutMs = ANSWER_TIMEOUT_MS,
): Promise<Response> {
	if (isSuspended(info.pid)) throw new NotRunning(suspended(info.pid), 4);
	try {
		return await fetch(info.http + path, {
			...init,
			headers: { ...init.headers, Authorization: `Bearer ${info.key}` },
			signal: AbortSignal.timeout(timeoutMs),
			tls: OWN_TLS,
		});
	} catch {
		throw new NotRunning(
			`process ${info.pid} is running, but does not answer at ${info.http}; see its log`,
			4,
		);
	}
}

/** Looks until `found` says so. @returns false when it did not within the time. */
export async function waitFor(found: () => boolean, timeoutMs: number): Promise<boolean> {
	const deadline = performance.now() + timeoutMs;
	while (!found()) {
		if (performance.now() > deadline) return false;
		await Bun.sleep(LOOK_EVERY_MS);
	}
	return true;
}
