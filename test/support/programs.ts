// What a machine has to have for some tests. What is missing is neither a failure nor kept quiet: `npm test` says
// at its end what was not run and why, and CI, which installs everything, fails then.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";

/** The file in which `scripts/run.mjs` wants the reasons, one a line. */
const REASONS = process.env.IOTCTL_NOT_RUN;

/**
 * @param reason Why tests are not run, if it is not so: `chromium is not installed`.
 * @returns the condition.
 */
export function needs(condition: boolean, reason: string): boolean {
	if (condition) return true;
	if (REASONS === undefined) console.warn(`Not run: ${reason}`);
	else appendFileSync(REASONS, `${reason}\n`);
	return false;
}

/** Where a program is; Debian keeps servers where an ordinary user's PATH does not lead. */
export function programPath(name: string): string | undefined {
	const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin`;
	return Bun.which(name, { PATH }) ?? undefined;
}

/** Whether a program is there and, with arguments, ends well with them. */
export function hasProgram(name: string, ...args: string[]): boolean {
	const path = programPath(name);
	if (path === undefined) return needs(false, `${name} is not installed`);
	return needs(
		args.length === 0 || spawnSync(path, args, { stdio: "ignore" }).status === 0,
		`${[name, ...args].join(" ")} does not work here`,
	);
}

/** Whether a file is there. */
export function hasFile(path: string): boolean {
	return needs(existsSync(path), `${path} does not exist`);
}

/** Whether the tests run as root; others may not do what such a test does. */
export function isRoot(what: string): boolean {
	return needs(process.getuid?.() === 0, `only root may ${what}`);
}
