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
