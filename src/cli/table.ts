import { visible } from "../kit/mod.ts";

/** Rows of text as columns of equal width; what a terminal would act on is shown escaped. */
export function table(cells: readonly (readonly string[])[]): string {
	const rows = cells.map((row) => row.map(visible));
	const widths: number[] = [];
	for (const row of rows) {
		row.forEach((cell, n) => {
			widths[n] = Math.max(widths[n] ?? 0, cell.length);
		});
	}
	return rows
		.map((row) =>
			row
				.map((cell, n) => cell.padEnd(widths[n] ?? 0))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}
