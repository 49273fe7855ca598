import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { MAX_DATA_NESTING, nestsTooDeep } from "../../kit/mod.ts";
import { checked, refuseLonger } from "../python/answers.ts";
import { MAX_REASON_CHARS } from "../python/protocol.ts";
import type { Tried } from "./draft.ts";

/** Longest JSON of a result, as the engine limits it. */
export const MAX_RESULT_BYTES = 64 << 10;
/** Characters a draft may print with each sample. */
export const MAX_PRINT_CHARS = 4000;

/** JSON may write each character as six, `\u0000`. */
const MOST_PER_CHAR = 6;
/** Keys, numbers, and what is said of printing that was cut. */
const SHORT = 1000;
const MAX_FINDINGS = 100;
const MAX_ARG_CHARS = 200;
const FINDING_CHARS = 500 + MOST_PER_CHAR * MAX_ARG_CHARS;

const Reason = Type.Union([Type.String({ maxLength: MAX_REASON_CHARS }), Type.Null()]);

const Position = Type.Integer({ minimum: 1 });

/** Something that looks wrong in a source. */
export const Finding = Type.Object({
	line: Position,
	/** In characters, from 1. */
	column: Position,
	severity: Type.Union([Type.Literal("error"), Type.Literal("warning")]),
	/** Which text says it, in the reader's language. */
	text_id: Type.Union([
		Type.Literal("syntax_error"),
		Type.Literal("not_checked"),
		Type.Literal("python_warning"),
		Type.Literal("no_run"),
		Type.Literal("undefined_name"),
		Type.Literal("unused_import"),
		Type.Literal("unused_variable"),
		Type.Literal("run_returns_nothing"),
	]),
	/** What that text is about: `name` of a name, `message` in Python's words. */
	args: Type.Record(Type.String(), Type.String({ maxLength: MAX_ARG_CHARS })),
});
export type Finding = Static<typeof Finding>;

const Findings = Type.Array(Finding, { maxItems: MAX_FINDINGS });

const TriedAnswer = Type.Object({
	result: Type.Optional(Type.Unknown()),
	error: Type.Union([
		Type.Object({
			kind: Type.String({ maxLength: 20 }),
			line: Type.Union([Position, Type.Null()]),
			reason: Type.String({ maxLength: MAX_REASON_CHARS }),
		}),
		Type.Null(),
	]),
	printed: Type.String({ maxLength: MAX_PRINT_CHARS + SHORT }),
	ms: Type.Number({ minimum: 0 }),
});

/** Reads the answer to `check`. @throws InvariantError when it makes no sense. */
export function readReason(text: string): Static<typeof Reason> {
	return read(Reason, text, MOST_PER_CHAR * MAX_REASON_CHARS);
}

/** Reads the answer to `lint`. @throws InvariantError when it makes no sense. */
export function readFindings(text: string): Finding[] {
	return read(Findings, text, MAX_FINDINGS * FINDING_CHARS);
}

/** Reads the answer to `open` or `sample`. @throws InvariantError when it makes no sense. */
export function readTried(text: string): Tried {
	const most = MAX_RESULT_BYTES + MOST_PER_CHAR * (MAX_PRINT_CHARS + MAX_REASON_CHARS);
	const tried = read(TriedAnswer, text, most);
	// The result is one level inside the answer.
	if (!nestsTooDeep(text, MAX_DATA_NESTING + 1)) return tried;
	const reason = `result nested deeper than ${MAX_DATA_NESTING} levels`;
	return { ...tried, result: undefined, error: { kind: "result", line: null, reason } };
}

/** Reads the answer to `close`. @throws InvariantError when it makes no sense. */
export function readFlag(text: string): boolean {
	return read(Type.Boolean(), text, 0);
}

function read<T extends TSchema>(schema: T, text: string, most: number): Static<T> {
	refuseLonger(text, most + SHORT);
	return checked(schema, text);
}
