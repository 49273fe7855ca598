/**
 * The values of a JSON array as their own texts, so that no digit is lost; anything else is one value. The text may have
 * been cut at its end: so is the last value then.
 */
export function elementsOf(json: string): readonly string[] {
	const text = json.trim();
	if (!text.startsWith("[")) return [text];
	const found: string[] = [];
	let depth = 0;
	let from = 1;
	let isInString = false;
	for (let at = 1; at < text.length; at++) {
		const character = text[at];
		if (isInString) {
			if (character === "\\") at += 1;
			else if (character === '"') isInString = false;
		} else if (character === '"') isInString = true;
		else if (character === "[" || character === "{") depth += 1;
		else if (depth > 0 && (character === "]" || character === "}")) depth -= 1;
		else if (depth === 0 && (character === "," || character === "]")) {
			found.push(text.slice(from, at).trim());
			if (character === "]") return found.length === 1 && found[0] === "" ? [] : found;
			from = at + 1;
		}
	}
	return [...found, text.slice(from).trim()];
}

/** The number a value's text is; undefined: it is not one. */
export function numberOf(text: string | undefined): number | undefined {
	if (text === "true") return 1;
	if (text === "false") return 0;
	if (text === undefined || !/^-?\d/.test(text)) return undefined;
	const value = Number(text);
	return Number.isFinite(value) ? value : undefined;
}
