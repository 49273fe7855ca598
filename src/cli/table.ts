/** Rows of text as columns of equal width. */
export function table(rows: readonly (readonly string[])[]): string {
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
