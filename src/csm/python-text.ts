/** A JSON value as Python's `str()` writes it: v2's texts are made that way (`None`, `True`, `['a']`). */
export function pythonText(value: unknown): string {
	return typeof value === "string" ? value : pythonRepr(value);
}

function pythonRepr(value: unknown): string {
	if (value === null || value === undefined) return "None";
	if (typeof value === "boolean") return value ? "True" : "False";
	if (typeof value === "string") {
		const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
		const escaped = value.replaceAll("\\", "\\\\");
		return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
	}
	if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
	if (typeof value === "object") {
		const entries = Object.entries(value).map(
			([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`,
		);
		return `{${entries.join(", ")}}`;
	}
	return String(value);
}
