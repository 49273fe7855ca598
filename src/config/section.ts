import { type Static, type TObject, type TProperties, type TSchema, Type } from "@sinclair/typebox";

/** What is wrong with values that are accepted one by one. */
interface SectionProblem {
	/** The key to name with its line; undefined when it is about several. */
	readonly key?: string;
	/** In words that fit behind the key, or behind the section's name. */
	readonly text: string;
}

/**
 * A section of the ini. A module declares its own in its `config.ts`, which imports little else: reading an ini
 * must not load a server.
 */
export interface Section<N extends string = string, P extends TProperties = TProperties> {
	readonly name: N;
	/** The module it belongs to, for messages about two that want the same name. */
	readonly module: string;
	/** Keys with description, default and limits, and what else a `Field` says. */
	readonly schema: TObject<P>;
	/** Looks at the values together. */
	check?(values: Static<TObject<P>>): SectionProblem | undefined;
}

/** Declares a section of a module. @param description One sentence, for the sample ini. */
export function section<const N extends string, P extends TProperties>(
	module: string,
	name: N,
	description: string,
	properties: P,
	check?: (values: Static<TObject<P>>) => SectionProblem | undefined,
): Section<N, P> {
	const schema = Type.Object(properties, { description });
	return { module, name, schema, ...(check !== undefined && { check }) };
}

/** A section's name without what people mistake for one another: case, spaces and underscores. */
export const plainName = (name: string) => name.toLowerCase().replaceAll(/[\s_]+/g, "-");

/** A TCP port; 0 is any that is free. */
export const port = (fallback: number, description: string) =>
	Type.Integer({ minimum: 0, maximum: 65535, default: fallback, description });

/** A number of bytes from 1 KiB. */
export const bytes = (fallback: number, maximum: number, description: string) =>
	Type.Integer({ minimum: 1024, maximum, default: fallback, unit: "bytes", description });

/** How many of something there may be, up to a million. */
export const count = (fallback: number, description: string) =>
	Type.Integer({ minimum: 1, maximum: 1_000_000, default: fallback, description });

/** One of some words, by default the first. */
export function oneOf<const W extends readonly string[]>(
	words: W,
	description: string,
	fallback: W[number] | undefined = words[0],
) {
	return Type.Union(
		words.map((word: W[number]) => Type.Literal(word)),
		{ default: fallback, description },
	);
}

/** The password of a user who is named in the key before them, here or in a file of its own. */
export const passwordFields = {
	password: Type.String({
		default: "",
		secret: true,
		description: "Password of that user; password-file keeps it out of this file.",
	}),
	"password-file": Type.String({
		default: "",
		path: true,
		description: "File whose first line is that password, readable by the server's user only.",
	}),
};

/** Takes effect when the ini is read again (`iotctl reload`), not only at a start. */
export const reloadable = <T extends TSchema>(schema: T): T => ({ ...schema, reloadable: true });
