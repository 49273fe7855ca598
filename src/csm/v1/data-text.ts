const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = [0x5b, 0x7b];
const CLOSE = [0x5d, 0x7d];

/**
 * The text of a field of a JSON object as it was written: numbers and escapes are not rewritten. Of a field that
 * comes twice it is the last one, as for `JSON.parse`.
 * @param text Of an object that `JSON.parse` accepts.
 * @returns undefined when it has no such field.
 */
export function fieldText(text: string, field: string): string | undefined {
	let depth = 0;
	let nameAt = -1;
	let name: string | undefined;
	let valueAt = -1;
	let found: string | undefined;
	const endValue = (at: number) => {
		if (name === field && valueAt >= 0) found = text.slice(valueAt, at).trim();
		[nameAt, name, valueAt] = [-1, undefined, -1];
	};
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) {
			if (depth === 1 && nameAt < 0) nameAt = at;
			at = endOfString(text, at);
		} else if (OPEN.includes(code)) depth += 1;
		else if (CLOSE.includes(code)) {
			depth -= 1;
			if (depth === 0) endValue(at);
		} else if (depth === 1 && code === COLON) {
			name = String(JSON.parse(text.slice(nameAt, at)));
			valueAt = at + 1;
		} else if (depth === 1 && code === COMMA) endValue(at);
	}
	return found;
}

/** Where the string that begins there ends. */
function endOfString(text: string, begin: number): number {
	for (let at = begin + 1; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) return at;
		if (code === BACKSLASH) at += 1;
	}
	return text.length;
}
