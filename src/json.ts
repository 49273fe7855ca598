const NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * JSON text with the tokens `NaN` and `Infinity`, which Python writes and accepts, replaced by
 * null; the text itself when it has none.
 */
export function withoutNonFinite(text: string): string {
	if (!/NaN|Infinity/.test(text)) return text;
	return text.replace(NON_FINITE, (token) => (token.startsWith('"') ? token : "null"));
}

/**
 * `JSON.parse` that takes Python's `NaN` and `Infinity` as null.
 * @throws SyntaxError when the text is no JSON.
 */
export function parsePythonJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const finite = withoutNonFinite(text);
		if (finite === text) throw error;
		return JSON.parse(finite);
	}
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
