import { sourceOf } from "./json.ts";

/** A JSON value as Python's `str()` writes it: v2's texts are made that way (`None`, `True`, `['a']`). */
export function pythonText(value: unknown): string {
	return typeof value === "string" ? value : pythonRepr(value);
}

function pythonRepr(value: unknown): string {
	const source = sourceOf(value);
	if (source !== undefined) return pythonNumber(source);
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

/** A number that JavaScript would write otherwise: integers stay exact, others are floats. */
function pythonNumber(source: string): string {
	if (/^-?\d+$/.test(source)) return source === "-0" ? "0" : source;
	const value = Number(source);
	if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
	if (Object.is(value, -0)) return "-0.0";
	const text = String(value).replace(/e([+-])(\d)$/, "e$10$2");
	return /[.e]/.test(text) ? text : `${text}.0`;
}
