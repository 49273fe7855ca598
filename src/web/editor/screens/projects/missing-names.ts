/** A name in a file that means nothing on this server. */
export interface MissingName {
	readonly kind: "model" | "feature" | "function" | "other";
	readonly name: string;
	/** The model of a feature. */
	readonly of?: string;
}

const PATTERNS = [
	["model", /^Device Model "(.*)"$/s],
	["feature", /^Device Feature "(.*)" of "(.*)"$/s],
	["function", /^Function "(.*)"$/s],
] as const;

/** Reads the list of a refused import (`docs/http.md`). */
export function missingNames(details: Readonly<Record<string, unknown>>): MissingName[] {
	const { missing } = details;
	if (!Array.isArray(missing)) return [];
	return missing.map((one) => readName(String(one)));
}

function readName(text: string): MissingName {
	for (const [kind, pattern] of PATTERNS) {
		const [, name, of] = pattern.exec(text) ?? [];
		if (name !== undefined) return { kind, name, ...(of !== undefined && { of }) };
	}
	return { kind: "other", name: text };
}
