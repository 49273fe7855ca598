import { readFileSync } from "node:fs";
import { ConfigError, codeOf, DeniedError } from "../kit/mod.ts";

/** The text of an ini file. @throws ConfigError when it cannot be read or is not UTF-8. */
export function readText(path: string): string {
	const bytes = readBytes(path);
	try {
		const text = textOf(bytes, true);
		if (text.includes("\0")) throw new ConfigError(`Cannot read "${path}": it is not a text file`);
		return text;
	} catch (error) {
		if (error instanceof TypeError)
			throw new ConfigError(`Cannot read "${path}": it is not UTF-8 text`);
		throw error;
	}
}

/** @throws ConfigError when the file cannot be read. */
export function readBytes(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (error) {
		if (codeOf(error) === "ENOENT") throw new ConfigError(`ini file not found: ${path}`);
		throw DeniedError.from(`Cannot read the ini "${path}"`, path, error);
	}
}

/** @throws TypeError for what is not UTF-8, if it has to be. */
export function textOf(bytes: Uint8Array, isStrict: boolean): string {
	return new TextDecoder("utf-8", { fatal: isStrict }).decode(bytes);
}
