import { readFileSync, statSync } from "node:fs";
import { ConfigError, DeniedError } from "./errors.ts";

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a small file that an ini names, such as a password or a certificate.
 * @param path Absolute.
 * @param setting What names it, such as `password-file in [core-db]`.
 * @throws ConfigError when it cannot be read, is not a regular file, has more than 1 MiB, or is not UTF-8 text.
 */
export function readTextFile(path: string, setting: string): string {
	const what = `Cannot read "${path}" (${setting})`;
	try {
		const found = statSync(path);
		if (found.isDirectory()) throw new ConfigError(`${what}: it is a directory`);
		// A pipe or a device may never end.
		if (!found.isFile()) throw new ConfigError(`${what}: it is not a regular file`);
		if (found.size > MAX_BYTES) throw new ConfigError(`${what}: it has more than 1 MiB`);
		// A byte order mark, which editors on Windows put first, is not part of a password.
		return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		if (error instanceof TypeError) throw new ConfigError(`${what}: it is not UTF-8 text`);
		throw DeniedError.from(what, path, error);
	}
}
