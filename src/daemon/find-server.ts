import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { findRunning, pidPath } from "./pid-file.ts";

const PROCESSES = "/proc";

/**
 * The user directory of a running server that was started with an ini, whatever that ini says by now: each server
 * holds its pid file open, which the system shows to its own user and to root. Whether it runs, and with which ini,
 * is then read as ever, from the lock and the run file.
 * @returns undefined when there is none, or it belongs to another user.
 */
export function userdirOfServerWith(ini: string): string | undefined {
	const userdirs = new Set(attempt(() => readdirSync(PROCESSES), []).flatMap(userdirsOf));
	return [...userdirs].find((userdir) => {
		const info = attempt(() => findRunning(userdir)?.info, undefined);
		return info?.ini != null && isSameFile(info.ini, ini);
	});
}

/** Whether two paths name one file, which need not be there any more. */
export function isSameFile(a: string, b: string): boolean {
	return realOf(a) === realOf(b);
}

function realOf(path: string): string {
	return attempt(() => realpathSync(path), resolve(path));
}

/** Directories of the pid files a process has open. */
function userdirsOf(pid: string): string[] {
	if (!/^\d+$/.test(pid)) return [];
	const files = `${PROCESSES}/${pid}/fd`;
	return attempt(() => readdirSync(files), []).flatMap((file) => {
		const path = attempt(() => readlinkSync(`${files}/${file}`), "");
		const userdir = dirname(path);
		return path.startsWith("/") && basename(path) === basename(pidPath(userdir)) ? [userdir] : [];
	});
}

/** Processes end, and others' do not show their files. */
function attempt<T>(look: () => T, otherwise: T): T {
	try {
		return look();
	} catch {
		return otherwise;
	}
}
