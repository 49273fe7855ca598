import type { ColumnGroup } from "./columns.ts";
import { cellOf, type Row } from "./recording.ts";

/**
 * Rows as comma-separated values (RFC 4180): ISO 8601 times in UTC, a column for each value, named by its label and
 * feature.
 */
export function csvOf(groups: readonly ColumnGroup[], rows: readonly Row[]): string {
	const columns = groups.flatMap(({ name, columns }) =>
		columns.map((column) => ({ column, title: `${column.label} ${name}`.trim() })),
	);
	const lines = [
		["time", ...columns.map(({ title }) => fieldOf(title))],
		...rows.map((row) => [
			row.at.toISOString(),
			...columns.map(({ column }) => fieldOf(plainOf(cellOf(row, column) ?? ""))),
		]),
	];
	return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** Texts without JSON's quotes. */
function plainOf(json: string): string {
	if (!json.startsWith('"')) return json;
	try {
		return String(JSON.parse(json));
	} catch {
		// It was cut.
		return json;
	}
}

function fieldOf(text: string): string {
	// Spreadsheets would run a text from a device as a formula; numbers are left alone.
	const isFormula = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
	const safe = isFormula ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
