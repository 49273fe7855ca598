import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InvariantError, parseExact } from "../kit/mod.ts";

/**
 * Reads a JSON column of a stored row, numbers as they were written.
 * @throws InvariantError when the text is not JSON, or not of the schema.
 */
export function readJson<T extends TSchema>(schema: T, text: string, column: string): Static<T> {
	let value: unknown;
	try {
		value = parseExact(text);
	} catch {
		throw new InvariantError(`Stored ${column} is not JSON`);
	}
	if (!Value.Check(schema, value)) throw new InvariantError(`Stored ${column} has the wrong shape`);
	return value;
}

/** {@link readJson} for a column that may be NULL. */
export function readJsonOrNull<T extends TSchema>(
	schema: T,
	text: string | null,
	column: string,
): Static<T> | null {
	return text === null ? null : readJson(schema, text, column);
}
