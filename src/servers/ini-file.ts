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

/** Values of an ini: section → key → value. */
export type IniChanges = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The same in words that say what to set. */
export function iniWords(changes: IniChanges): string {
	return Object.entries(changes)
		.map(([section, values]) => {
			const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
			return `${lines.join(" and ")} in [${section}]`;
		})
		.join(", ");
}

/**
 * Changes values of an ini, or makes it with them; whole or not at all.
 * @throws the system's error when it cannot be written.
 */
export function changeIni(path: string, changes: IniChanges): void {
	const before = existsSync(path) ? readFileSync(path, "utf8") : "";
	const after = Object.entries(changes).reduce(
		(text, [section, values]) => withIniValues(text, section, values),
		before,
	);
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
