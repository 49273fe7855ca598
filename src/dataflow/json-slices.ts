import { withoutNonFinite } from "../kit/mod.ts";

const NEEDS_SCAN = /["[{]/;

/**
 * Checks JSON text and gives it back with `NaN` and infinities, which Python writes and
 * JavaScript cannot read, replaced by null (`csm.md §5.3`).
 * @throws SyntaxError when the text is not JSON.
 */
export function checkedJson(text: string): string {
	try {
		JSON.parse(text);
		return text.trim();
	} catch (error) {
		const finite = withoutNonFinite(text);
		if (finite === text) throw error;
		JSON.parse(finite);
		return finite.trim();
	}
}

/**
 * Cuts valid JSON text into the raw texts of its values: the elements of an array, or the one
 * value it is otherwise. Numbers keep their spelling, so `1.0` and big integers stay exact.
 */
export function sliceValues(json: string): string[] {
	if (!json.startsWith("[")) return [json];
	const inside = json.slice(1, -1).trim();
	if (inside === "") return [];
	if (!NEEDS_SCAN.test(inside)) return inside.split(",").map((value) => value.trim());
	const values: string[] = [];
	let begin = 0;
	for (let at = 0, depth = 0; at < inside.length; at++) {
		switch (inside[at]) {
			case '"':
				at = endOfString(inside, at);
				break;
			case "[":
			case "{":
				depth += 1;
				break;
			case "]":
			case "}":
				depth -= 1;
				break;
			case ",":
				if (depth > 0) break;
				values.push(inside.slice(begin, at).trim());
				begin = at + 1;
		}
	}
	values.push(inside.slice(begin).trim());
	return values;
}

/** Index of the quote that ends the string beginning at `begin`. */
function endOfString(text: string, begin: number): number {
	let at = begin + 1;
	while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
	return at;
}
