import { isAbsolute, join, resolve } from "node:path";

/** A path with the home directory for `~`. */
export function withHome(path: string, home: string): string {
	return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
}

/** The same as an absolute path; a relative one counts from where the program was started. */
export function absolute(path: string, home: string): string {
	const expanded = withHome(path, home);
	return isAbsolute(expanded) ? expanded : resolve(expanded);
}
