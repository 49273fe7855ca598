// What an error of Python is about, read from Python's words, so that it can be explained in the reader's language.
import { namesIn, nearNames } from "./near-names.ts";

/** An error that can be explained. `message` is in Python's words. */
export type PythonError =
	| { readonly id: "undefined_name"; readonly name: string; readonly near: readonly string[] }
	| { readonly id: "unset_name"; readonly name: string }
	| {
			readonly id: "argument_count";
			readonly of: string;
			/** Whether it is the function the server calls, with the wire's values. */
			readonly isRun: boolean;
			readonly takes?: string;
			readonly given?: string;
			/** Names of those that were not given. */
			readonly missing: readonly string[];
			/** Names of the wire's values. */
			readonly wire: readonly string[];
	  }
	| { readonly id: "none_value" }
	| { readonly id: "mixed_types"; readonly types: readonly string[] }
	| { readonly id: "not_a_list"; readonly type: string }
	| { readonly id: "not_callable"; readonly type: string }
	| { readonly id: "no_attribute"; readonly type: string; readonly name: string }
	| { readonly id: "not_a_number"; readonly text: string }
	| { readonly id: "key"; readonly key: string }
	| { readonly id: "no_module"; readonly name: string }
	| { readonly id: "wide_character"; readonly character: string; readonly plain: string }
	| { readonly id: "unclosed"; readonly bracket: string }
	| { readonly id: "unequal_bracket"; readonly bracket: string }
	| { readonly id: "no_colon" | "unclosed_text" | "one_equals_sign" | "syntax" }
	| { readonly id: "no_block" | "indented" | "unequal_indent" | "tabs_and_spaces" }
	| { readonly id: "zero_division" | "index" | "time" | "memory" | "recursion" | "result" }
	| { readonly id: "no_run" | "engine" | "skipped" }
	/** In Python's last words. */
	| { readonly id: "other"; readonly said: string };

/** Where the error happened. */
export interface ErrorContext {
	/** The source, for names that are near. */
	readonly code?: string;
	/** Names of the values a wire brings. */
	readonly wire?: readonly string[];
}

/** Kinds of `POST /api/v1/functions/try` that need no reading. */
const KINDS = ["time", "memory", "recursion", "result", "engine", "skipped"] as const;

/**
 * Reads an error of the workbench, of a running function or of a refused source.
 * @param reason In Python's words, with or without a traceback.
 * @param kind As `try` tells it; `exception` where it is not known.
 */
export function readPythonError(
	reason: string,
	kind = "exception",
	context: ErrorContext = {},
): PythonError {
	const known = KINDS.find((one) => one === kind);
	if (known !== undefined) return { id: known };
	const { type, message } = lastOf(reason);
	for (const [types, pattern, made] of RULES) {
		if (!types.includes(type)) continue;
		const found = pattern.exec(message);
		if (found !== null) return made(context, ...found.slice(1));
	}
	if (/^time limit of /m.test(reason)) return { id: "time" };
	if (/name `run` is undefined/.test(reason)) return { id: "no_run" };
	const said = type === "" ? message.trim() : [type, message].filter(Boolean).join(": ");
	return { id: "other", said: said.slice(0, MAX_SAID) };
}

/** A finding of the check that is a syntax error, in the same way. */
export function readSyntaxError(message: string): PythonError {
	return readPythonError(`SyntaxError: ${message}`);
}

/** Python's last line: what it was. */
export function lastOf(reason: string): { readonly type: string; readonly message: string } {
	const lines = reason.trimEnd().split("\n");
	for (const line of lines.reverse()) {
		const found = /^(?:[A-Za-z_][\w.]*\.)?([A-Z]\w*)(?:: (.*)| \(.*\))?$/.exec(line);
		if (found !== null) return { type: found[1] ?? "", message: found[2] ?? "" };
	}
	return { type: "", message: reason };
}

/** Characters of Python's words beside an explanation; all of them can be opened. */
const MAX_SAID = 200;

type Rule = readonly [
	readonly string[],
	RegExp,
	(context: ErrorContext, ...parts: string[]) => PythonError,
];

const SYNTAX = ["SyntaxError", "IndentationError", "TabError"];
const FOUND = /^/;

const RULES: readonly Rule[] = [
	[["NameError"], /name '(.+?)' is not defined/, undefinedName],
	[["UnboundLocalError"], /variable '(.+?)'/, (_, name = "") => ({ id: "unset_name", name })],
	[
		["TypeError"],
		/^(\S+)\(\) takes (?:from \d+ to )?(\d+|no) (?:positional )?arguments? (?:but|\()\s*(\d+)/,
		(context, of = "", takes = "", given = "") =>
			argumentCount(context, of, { takes: takes === "no" ? "0" : takes, given, missing: [] }),
	],
	[
		["TypeError"],
		/^(\S+)\(\) missing \d+ required .*?arguments?: (.+)$/,
		(context, of = "", names = "") =>
			argumentCount(context, of, {
				missing: [...names.matchAll(/'(.+?)'/g)].map(([, n]) => n ?? ""),
			}),
	],
	[["TypeError", "AttributeError"], /'NoneType'/, () => ({ id: "none_value" })],
	[
		["TypeError"],
		/^(?:unsupported operand type\(s\) for .*: |'.+' not supported between instances of )'(.+?)' and '(.+?)'/,
		(_, ...types) => ({ id: "mixed_types", types }),
	],
	[
		["TypeError"],
		/^can only concatenate (\S+) \(not "(.+?)"\)/,
		(_, ...types) => ({ id: "mixed_types", types }),
	],
	[
		["TypeError"],
		/'(.+?)' object is not (?:subscriptable|iterable)|object of type '(.+?)' has no len|cannot unpack non-iterable (\S+)/,
		(_, ...types) => ({ id: "not_a_list", type: types.find(Boolean) ?? "" }),
	],
	[
		["TypeError"],
		/'(.+?)' object is not callable/,
		(_, type = "") => ({ id: "not_callable", type }),
	],
	[
		["AttributeError"],
		/^'?(.+?)'? (?:object )?has no attribute '(.+?)'/,
		(_, type = "", name = "") => ({ id: "no_attribute", type, name }),
	],
	[
		["ValueError"],
		/(?:invalid literal for int\(\) with base \d+|could not convert string to float): (.+)$/,
		(_, text = "") => ({ id: "not_a_number", text }),
	],
	[["ZeroDivisionError"], FOUND, () => ({ id: "zero_division" })],
	[["IndexError"], FOUND, () => ({ id: "index" })],
	[["KeyError"], /^(.*)$/, (_, key = "") => ({ id: "key", key })],
	[
		["ModuleNotFoundError", "ImportError"],
		/No module named '(.+?)'/,
		(_, name = "") => ({ id: "no_module", name }),
	],
	[["RecursionError"], FOUND, () => ({ id: "recursion" })],
	[["MemoryError"], FOUND, () => ({ id: "memory" })],
	[SYNTAX, /expected an indented block/, () => ({ id: "no_block" })],
	[SYNTAX, /unexpected indent/, () => ({ id: "indented" })],
	[SYNTAX, /unindent does not match/, () => ({ id: "unequal_indent" })],
	[SYNTAX, /inconsistent use of tabs/, () => ({ id: "tabs_and_spaces" })],
	[SYNTAX, /invalid (?:non-printable )?character (?:'(.)' \()?U\+([0-9A-F]+)/u, wideCharacter],
	[SYNTAX, /'(.)' was never closed/, (_, bracket = "") => ({ id: "unclosed", bracket })],
	[
		SYNTAX,
		/(?:unmatched|closing parenthesis) '(.)'/,
		(_, bracket = "") => ({ id: "unequal_bracket", bracket }),
	],
	[SYNTAX, /expected ':'/, () => ({ id: "no_colon" })],
	[SYNTAX, /unterminated .*string/, () => ({ id: "unclosed_text" })],
	[SYNTAX, /Maybe you meant '=='/, () => ({ id: "one_equals_sign" })],
	[SYNTAX, FOUND, () => ({ id: "syntax" })],
];

/** A name that is not there, with those that are near. */
export function undefinedName({ code = "", wire = [] }: ErrorContext, name = ""): PythonError {
	const near = nearNames(name, [...namesIn(code), ...wire, ...COMMON]);
	return { id: "undefined_name", name, near };
}

/** Names beginners misspell most. */
const COMMON =
	"print len range sum min max abs round int float str list dict sorted None True False".split(" ");

function argumentCount(
	{ wire = [] }: ErrorContext,
	of: string,
	counts: { readonly takes?: string; readonly given?: string; readonly missing: readonly string[] },
): PythonError {
	return { id: "argument_count", of, isRun: of === "run", wire, ...counts };
}

/** Signs that an input method for Chinese types for those of Python. */
function wideCharacter(_: ErrorContext, shown = "", code = ""): PythonError {
	const character = shown === "" ? String.fromCodePoint(Number.parseInt(code, 16)) : shown;
	const plain = PLAIN.get(character) ?? character.normalize("NFKC");
	return { id: "wide_character", character, plain: plain === character ? "" : plain };
}

const PLAIN = new Map([
	...[..."“”「」『』"].map((quote) => [quote, '"'] as const),
	...[..."‘’"].map((quote) => [quote, "'"] as const),
	["，", ","],
	["、", ","],
	["。", "."],
	["【", "["],
	["】", "]"],
	["—", "-"],
	["×", "*"],
	["÷", "/"],
	["　", " "],
	["\u00a0", " "],
]);
