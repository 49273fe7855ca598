import { writeFileSync } from "node:fs";
import { ConfigError, codeOf, DeniedError } from "../kit/mod.ts";

/**
 * Writes what only its user may read into a file that is not there yet.
 * @throws ConfigError when it is, DeniedError when it cannot be written.
 */
export function writeNewFile(file: string, text: string): void {
	try {
		writeFileSync(file, text, { flag: "wx", mode: 0o600 });
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			throw new ConfigError(`"${file}" already exists; choose another file, or remove it first`);
		}
		throw DeniedError.from(`Cannot write "${file}"`, file, error);
	}
}
