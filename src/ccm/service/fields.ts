import type { Static, TObject, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { badRequest } from "../projects/refusal.ts";

/** Names of types as reasons say them (`ccm-gui.md §3`). */
const TYPE_NAMES: Readonly<Record<string, string>> = {
	integer: "int",
	number: "float",
	string: "string",
	boolean: "bool",
	array: "list",
	object: "dict",
	null: "null",
};

/** Fields of which the contract says no more than that they are invalid (`ccm-gui.md §3`). */
const TERSE = new Set(["status", "sim"]);

/**
 * Checks an operation's input.
 * @throws Refusal 400 in the contract's words, naming the first field that is wrong.
 */
export function readInput<I extends TObject>(
	schema: I,
	raw: Readonly<Record<string, unknown>>,
): Static<I> {
	const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
	for (const field of Object.keys(given)) {
		if (!Object.hasOwn(schema.properties, field)) badRequest(`field \`${field}\` unknown`, field);
	}
	if (Value.Check(schema, given)) return given;
	for (const [field, wanted] of Object.entries(schema.properties)) {
		if (Object.hasOwn(given, field)) checkField(field, wanted, given[field]);
		else if (schema.required?.includes(field)) badRequest(`field \`${field}\` is required`, field);
	}
	return badRequest("the input is not what this operation takes");
}

function checkField(field: string, schema: TSchema, value: unknown): void {
	if (Value.Check(schema, value)) return;
	const alternatives: TSchema[] = schema.anyOf ?? [schema];
	const fitting = alternatives.find((one) => isOfType(one, value));
	if (fitting === undefined) {
		const types = alternatives.map((one) => `\`${TYPE_NAMES[String(one.type)] ?? one.type}\``);
		badRequest(`field \`${field}\` should be type ${[...new Set(types)].join(" or ")}`, field);
	}
	if (value === "" && fitting.minLength > 0)
		badRequest(`field \`${field}\` should not be empty`, field);
	if (fitting.const !== undefined) badRequest(notAChoice(field, alternatives), field);
	const error = Value.Errors(fitting, value).First();
	const where = error?.path.replaceAll("/", ".") ?? "";
	badRequest(`field \`${field}${where}\`: ${error?.message ?? "not allowed"}`, field);
}

function notAChoice(field: string, alternatives: readonly TSchema[]): string {
	if (TERSE.has(field)) return `invalid ${field}`;
	const accepted = alternatives.flatMap(({ const: value }) => (value === undefined ? [] : [value]));
	return `invalid ${field}: use ${accepted.join(", ").replace(/, ([^,]*)$/, " or $1")}`;
}

function isOfType(schema: TSchema, value: unknown): boolean {
	switch (schema.type) {
		case "integer":
			return Number.isInteger(value);
		case "null":
			return value === null;
		case "array":
			return Array.isArray(value);
		case "object":
			return typeof value === "object" && value !== null && !Array.isArray(value);
		default:
			return typeof value === schema.type;
	}
}
