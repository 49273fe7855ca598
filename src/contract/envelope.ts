import {
	InputError,
	isJsonObject,
	MAX_NESTING,
	messageOf,
	nestsTooDeep,
	parseExact,
	pythonText,
} from "../kit/mod.ts";

/** A request as it came: any JSON object, with its numbers as they were written. */
export type Request = Readonly<Record<string, unknown>>;

const SHELL_HINT =
	" (the shell's echo may have split the message at \\n: use printf '%s\\n' instead of echo)";

/**
 * Reads the JSON object of a request (`csm.md §4.1`).
 * @param text Undefined: it was not UTF-8.
 * @throws InputError that says what is wrong, with a hint where a shell cut the message.
 */
export function decodeRequest(text: string | undefined): Request {
	if (text === undefined) throw new InputError("the request is not UTF-8 text");
	if (nestsTooDeep(text)) {
		throw new InputError(`the request is nested deeper than ${MAX_NESTING} levels`);
	}
	let value: unknown;
	try {
		value = parseExact(text);
	} catch (error) {
		const hint = text.startsWith("{") && hasOpenString(text) ? SHELL_HINT : "";
		throw new InputError(`the request is not JSON: ${messageOf(error)}${hint}`);
	}
	if (!isJsonObject(value)) {
		throw new InputError('the request should be a JSON object such as {"op":"attach"}');
	}
	return { ...value };
}

/** @throws InputError: the operation is missing or unknown, in Python's spelling (`csm.md §4.1`). */
export function refuseOp(op: unknown): never {
	if (op === undefined) throw new InputError("Field 'op' is required and should be a string", "op");
	throw new InputError(`unknown op: \`${pythonText(op)}\``, "op");
}

/** Reply to a request that failed: the whole request with state and reason. */
export function errorReply(request: Request, reason: string): string {
	return JSON.stringify({ ...request, state: "error", reason });
}

function hasOpenString(text: string): boolean {
	let open = false;
	for (let at = 0; at < text.length; at++) {
		if (text[at] === "\\") at += 1;
		else if (text[at] === '"') open = !open;
	}
	return open;
}
