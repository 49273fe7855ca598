import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InvariantError, parseExact } from "../kit/mod.ts";

export const StringList = Type.Array(Type.String());
export const AnyList = Type.Array(Type.Unknown());
export const AnyObject = Type.Record(Type.String(), Type.Unknown());
export const Depends = Type.Record(Type.String(), Type.String());
export const InputTypes = Type.Union([Type.String(), Type.Array(Type.String())]);

/**
 * Reads a JSON column of a stored row, numbers as they were written.
 * @throws InvariantError when the text is no JSON or not of the schema.
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
