import { KindGuard, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Section } from "./section.ts";

/** One ini key as the schema describes it. */
export interface Field {
	readonly section: string;
	readonly key: string;
	readonly schema: TSchema;
	readonly description: string;
	readonly unit: string | undefined;
	/** Value the sample ini sets although it is not the default. */
	readonly sample: string | undefined;
	/** Accepted for old ini files, but of no use: left out of the sample. */
	readonly hidden: boolean;
	/** Why it has no effect; undefined: it has one. */
	readonly unused: string | undefined;
	/** Never printed, not even in an error. */
	readonly secret: boolean;
	/** The name of a file or directory: `~/` and `$HOME` stand for the home directory. */
	readonly path: boolean;
	/** Takes effect at a reload, not only at a start. */
	readonly reloadable: boolean;
	/** Its name until the last version, still read. */
	readonly formerly: string | undefined;
	/** The section it was in until the last version, still read. */
	readonly formerlyIn: string | undefined;
}

/** A section with its keys. */
export interface SectionFields {
	readonly name: string;
	readonly description: string;
	readonly fields: readonly Field[];
}

/** The keys of a section, in the schema's order. */
export function fieldsOf({ name, schema }: Section): SectionFields {
	return {
		name,
		description: String(schema.description ?? ""),
		fields: Object.entries(schema.properties).map(([key, property]) => ({
			section: name,
			key,
			schema: property,
			description: String(property.description ?? ""),
			unit: text(property.unit),
			sample: text(property.sample),
			hidden: property.hidden === true,
			unused: text(property.unused),
			secret: property.secret === true,
			path: property.path === true,
			reloadable: property.reloadable === true,
			formerly: text(property.formerly),
			formerlyIn: text(property.formerlyIn),
		})),
	};
}

/** The default as it would be written in the ini. */
export function defaultText(field: Field): string {
	return String(field.schema.default ?? "");
}

/** What a field accepts, for error messages and the sample: `integer from 1 to 65535 (seconds)`. */
export function accepts({ schema, unit }: Field): string {
	const suffix = unit === undefined ? "" : ` (${unit})`;
	if (KindGuard.IsUnion(schema)) return listed(schema.anyOf.map(literalText)) + suffix;
	if (KindGuard.IsLiteral(schema)) return literalText(schema);
	if (KindGuard.IsBoolean(schema)) return "true or false";
	if (KindGuard.IsInteger(schema)) {
		const { minimum, maximum } = schema;
		const range = minimum === undefined ? "" : ` from ${minimum} to ${maximum}`;
		return `integer${range}${suffix}`;
	}
	return (text(schema.patternText) ?? (schema.minLength ? "text" : "text, may be empty")) + suffix;
}

/** Turns the ini's text into the field's typed value; undefined when it does not fit. */
export function readValue(field: Field, raw: string): unknown {
	const { schema } = field;
	const wantsBoolean =
		KindGuard.IsBoolean(schema) ||
		(KindGuard.IsLiteral(schema) && typeof schema.const === "boolean");
	const value = wantsBoolean
		? readBoolean(raw)
		: KindGuard.IsInteger(schema)
			? readInteger(raw)
			: raw;
	return Value.Check(schema, value) ? value : undefined;
}

function readInteger(raw: string): unknown {
	return /^[+-]?\d+$/.test(raw) ? Number(raw) : raw;
}

function readBoolean(raw: string): unknown {
	const word = raw.toLowerCase();
	if (["true", "yes", "on", "1"].includes(word)) return true;
	if (["false", "no", "off", "0"].includes(word)) return false;
	return raw;
}

/** `a, b or c`. */
function listed(words: readonly string[]): string {
	return [words.slice(0, -1).join(", "), words.at(-1)].filter((part) => part !== "").join(" or ");
}

function literalText(schema: TSchema): string {
	return String(schema.const);
}

function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
