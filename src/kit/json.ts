const NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * JSON text with the tokens `NaN` and `Infinity`, which Python writes and accepts, replaced by
 * null; the text itself when it has none.
 */
export function withoutNonFinite(text: string): string {
	if (!/NaN|Infinity/.test(text)) return text;
	return text.replace(NON_FINITE, (token) => (token.startsWith('"') ? token : "null"));
}

/** An escape of a JSON text; a whole surrogate pair is one. */
const ESCAPE =
	/\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/gs;
const LONE = "\\uD800";

/**
 * JSON text with U+FFFD for each half of a surrogate pair that is escaped alone: it is not a character, and databases
 * keep U+FFFD in its place, so that two names that differ here would be one there.
 */
export function withoutLoneSurrogates(text: string): string {
	if (!/\\u[dD][89a-fA-F]/.test(text)) return text;
	return text.replace(ESCAPE, (one) => (one.length === LONE.length ? "\\ufffd" : one));
}

/** Texts without any of these have no number that comes back changed; most have none. */
const MAYBE_INEXACT = /\d[.eE]|\d{16}|-0/;

/**
 * `JSON.parse` that keeps numbers as they are written: one that `JSON.stringify` would write another way (a 64-bit
 * integer, `1.0`, `-0`, `1e400`) becomes a raw value, which it writes back as it came. Read such values with
 * {@link withPlainNumbers} or {@link sourceOf}.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseExact(text: string): unknown {
	if (!MAYBE_INEXACT.test(text)) return JSON.parse(text);
	return JSON.parse(text, (_key, value, { source }) =>
		typeof value === "number" && source !== undefined && JSON.stringify(value) !== source
			? JSON.rawJSON(source)
			: value,
	);
}

/**
 * {@link parseExact} that takes Python's `NaN` and `Infinity` as null, and no halves of surrogate pairs.
 * @throws SyntaxError when the text is not JSON.
 */
export function parsePythonJson(text: string): unknown {
	const whole = withoutLoneSurrogates(text);
	try {
		return parseExact(whole);
	} catch (error) {
		const finite = withoutNonFinite(whole);
		if (finite === whole) throw error;
		return parseExact(finite);
	}
}

/** How a number was written; undefined for all that is not a number kept by {@link parseExact}. */
export function sourceOf(value: unknown): string | undefined {
	return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

/** Whether a text is JSON, of whatever kind. */
export function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** Whether a value of {@link parseExact} is a JSON object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
	const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
	return isObject && !JSON.isRawJSON(value);
}

/** A value of {@link parseExact} with ordinary numbers; itself when it has no others. */
export function withPlainNumbers(value: unknown): unknown {
	const source = sourceOf(value);
	if (source !== undefined) return Number(source);
	if (Array.isArray(value)) return value.map(withPlainNumbers);
	if (!isJsonObject(value)) return value;
	const entries = Object.entries(value).map(([key, item]) => [key, withPlainNumbers(item)]);
	return Object.fromEntries(entries);
}

/** Levels of arrays and objects a request may nest. */
export const MAX_NESTING = 100;
/** Levels a message of data may nest: Python code that goes down into it takes a call, or two, of a thousand for each. */
export const MAX_DATA_NESTING = 500;

/**
 * Whether text that may be JSON nests deeper than so many levels of arrays and objects: no use
 * needs that, and it costs stack. Cheap for text that is short or has few brackets.
 */
export function nestsTooDeep(text: string, most = MAX_NESTING): boolean {
	if (text.length <= most || !hasMoreBrackets(text, most)) return false;
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) {
			for (at++; at < text.length; at++) {
				const inside = text.charCodeAt(at);
				if (inside === QUOTE) break;
				if (inside === BACKSLASH) at++;
			}
		} else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
			depth += 1;
			if (depth > most) return true;
		} else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth -= 1;
	}
	return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whether more than so many brackets open, inside strings or not. */
function hasMoreBrackets(text: string, most: number): boolean {
	let found = 0;
	for (const bracket of "[{") {
		for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
			found += 1;
			if (found > most) return true;
		}
	}
	return false;
}
