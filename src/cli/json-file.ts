import { readFileSync } from "node:fs";
import { codeOf, DeniedError, parseExact, reasonOf } from "../kit/mod.ts";

/**
 * The JSON of a file, numbers as they are written; `-` is standard input.
 * @param refuse Throws, for a file that is not JSON or not there.
 * @throws DeniedError when it may not be read.
 */
export function readJsonFile(file: string, refuse: (why: string) => never): unknown {
	try {
		return parseExact(new TextDecoder().decode(readFileSync(file === "-" ? 0 : file)));
	} catch (error) {
		if (error instanceof SyntaxError) return refuse(`it is not complete JSON (${error.message})`);
		if (codeOf(error) === "EACCES") throw new DeniedError(`Cannot read "${file}"`, file, error);
		return refuse(reasonOf(error));
	}
}
