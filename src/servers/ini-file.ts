import {
	closeSync,
	existsSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { withIniValues } from "../config/mod.ts";

const PRIVATE = 0o600;

/**
 * Changes values of an ini, or makes it with them; whole or not at all.
 * @throws the system's error when it cannot be written.
 */
export function changeIni(
	path: string,
	section: string,
	values: Readonly<Record<string, string>>,
): void {
	const before = existsSync(path) ? readFileSync(path, "utf8") : "";
	const after = withIniValues(before, section, values);
	if (after === before) return;
	const whole = `${path}.new`;
	const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? PRIVATE;
	try {
		const file = openSync(whole, "w", mode & 0o777);
		try {
			writeSync(file, after);
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(whole, path);
	} catch (error) {
		rmSync(whole, { force: true });
		throw error;
	}
}
