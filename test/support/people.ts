// Programs run as an ordinary user, as most people start them; tests often run as root.
import { chownSync } from "node:fs";

/** A user that owns nothing on this machine. */
export const ORDINARY = 64_124;
export const IS_ROOT = process.getuid?.() === 0;

/** The words that run a command as an ordinary user; just the command where that is so already. */
export function asOrdinary(...command: string[]): string[] {
	if (!IS_ROOT) return command;
	return ["setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", ...command];
}

/** Gives a path to the ordinary user. */
export function giveToOrdinary(path: string): void {
	if (IS_ROOT) chownSync(path, ORDINARY, ORDINARY);
}
