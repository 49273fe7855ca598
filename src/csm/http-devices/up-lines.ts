import {
	InputError,
	isJson,
	MAX_DATA_NESTING,
	nestsTooDeep,
	withoutNonFinite,
} from "../../kit/mod.ts";

/** `["<feature>", <value>]`, where all in it is JSON. */
const PAIR = /^\[\s*("(?:[^"\\]|\\.)*")\s*,(.*)\]$/s;
const LONGEST_SHOWN = 60;

/**
 * Reads what a device sends: lines of JSON `["<feature>", <value>]` (`csm.md §3.4`).
 * @returns the newest value of each feature as it was written, in the order in which these came.
 * @throws InputError that names the line, when one is of another shape.
 */
export function readUpLines(text: string): Map<string, string> {
	const values = new Map<string, string>();
	let number = 0;
	for (const line of text.split("\n")) {
		number += 1;
		const trimmed = line.trim();
		if (trimmed === "") continue;
		const [feature, value] = readPair(trimmed) ?? refuse(number, trimmed);
		values.delete(feature);
		values.set(feature, value);
	}
	return values;
}

/** The value keeps its numbers as they were written: `1.0` is not `1` to Python. */
function readPair(line: string): [string, string] | undefined {
	const [, name = "", value = ""] = PAIR.exec(line) ?? [];
	if (nestsTooDeep(line, MAX_DATA_NESTING)) return undefined;
	try {
		const feature: unknown = JSON.parse(name);
		// A comma in it would make more than one value, and none at all is not JSON.
		return typeof feature === "string" && isOneValue(value) ? [feature, value.trim()] : undefined;
	} catch {
		return undefined;
	}
}

/** Python writes `NaN` and `Infinity`, and the data path takes them. */
function isOneValue(text: string): boolean {
	return isJson(text) || isJson(withoutNonFinite(text));
}

function refuse(number: number, line: string): never {
	const shown = JSON.stringify(line.slice(0, LONGEST_SHOWN));
	throw new InputError(
		`line ${number} is not JSON of the form ["<feature>", <value>]: it begins with ${shown}`,
	);
}
