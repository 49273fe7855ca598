const NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * JSON text with the tokens `NaN` and `Infinity`, which Python writes and accepts, replaced by
 * null; the text itself when it has none.
 */
export function withoutNonFinite(text: string): string {
	if (!/NaN|Infinity/.test(text)) return text;
	return text.replace(NON_FINITE, (token) => (token.startsWith('"') ? token : "null"));
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
 * {@link parseExact} that takes Python's `NaN` and `Infinity` as null.
 * @throws SyntaxError when the text is not JSON.
 */
export function parsePythonJson(text: string): unknown {
	try {
		return parseExact(text);
	} catch (error) {
		const finite = withoutNonFinite(text);
		if (finite === text) throw error;
		return parseExact(finite);
	}
}

/** How a number was written; undefined for all that is not a number kept by {@link parseExact}. */
export function sourceOf(value: unknown): string | undefined {
	return JSON.isRawJSON(value) ? value.rawJSON : undefined;
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

/** Whether JSON text nests deeper than {@link MAX_NESTING}: no request needs that, and it costs stack. */
export function nestsTooDeep(text: string): boolean {
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		if (char === '"') {
			for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at += 1;
		} else if (char === "[" || char === "{") {
			depth += 1;
			if (depth > MAX_NESTING) return true;
		} else if (char === "]" || char === "}") depth -= 1;
	}
	return false;
}
