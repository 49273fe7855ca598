import { visible } from "../kit/mod.ts";
import { padded, widthOf } from "./text-width.ts";

/** Rows of text as columns of equal width, as a terminal counts it: Chinese characters take two. What a terminal would act on is shown escaped. */
export function table(cells: readonly (readonly string[])[]): string {
	const rows = cells.map((row) => row.map(visible));
	const widths: number[] = [];
	for (const row of rows) {
		row.forEach((cell, n) => {
			widths[n] = Math.max(widths[n] ?? 0, widthOf(cell));
		});
	}
	return rows
		.map((row) =>
			row
				.map((cell, n) => padded(cell, widths[n] ?? 0))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}
