import { readFileSync, readSync } from "node:fs";

/**
 * Times its limit that a call may take at most, however long it waited for a processor: a stuck one on a busy machine
 * waits as well, and all other functions wait for its end.
 */
export const MOST_WAITING = 3;

/** Where Linux says how long the main thread of a process ran and waited, both in nanoseconds, and how often it ran. */
export const scheduleFile = (pid: number | "self") => `/proc/${pid}/schedstat`;

/**
 * How long the main thread of a process has waited for a processor although it could have run, in milliseconds. What it
 * waits right now is added when it runs again. 0 where the kernel does not say.
 */
export function processorWaitMs(pid: number): number {
	try {
		return waitIn(readFileSync(scheduleFile(pid), "latin1"));
	} catch {
		return 0;
	}
}

/** The same of a process that keeps its file open, because it may not open any later. */
export function processorWaitIn(file: number, buffer: Buffer): number {
	try {
		return waitIn(buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, 0)));
	} catch {
		return 0;
	}
}

function waitIn(text: string): number {
	const ns = Number(text.split(" ")[1]);
	return Number.isFinite(ns) ? ns / 1e6 : 0;
}
