import { readFileSync } from "node:fs";

/** Whether a process has been suspended (SIGSTOP, Ctrl-Z): it lives, but does nothing. */
export function isSuspended(pid: number): boolean {
	try {
		// The name in parentheses may contain anything, so the state is what follows the last one.
		return /\) [Tt] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}
