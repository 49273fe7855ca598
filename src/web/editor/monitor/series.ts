import type { Column, ColumnGroup } from "./columns.ts";
import { numberOf } from "./elements.ts";
import { cellOf, type Row } from "./recording.ts";

/** The numbers of a column over time, for the plot and for those who do not see it. */
export interface Series {
	readonly column: Column;
	/** The feature's name; empty for the join. */
	readonly name: string;
	/** One for each row; null where nothing came, or no number. */
	readonly values: readonly (number | null)[];
	readonly count: number;
	readonly last: number;
	readonly min: number;
	readonly max: number;
	readonly mean: number;
}

/** A plot with more lines tells nothing. */
const MAX_SERIES = 8;

/** Columns that carried numbers, in their order; at most {@link MAX_SERIES}. */
export function seriesOf(groups: readonly ColumnGroup[], rows: readonly Row[]): readonly Series[] {
	const found: Series[] = [];
	for (const { kind, name, columns } of groups) {
		if (kind === "seat") continue;
		for (const column of columns) {
			if (found.length === MAX_SERIES) return found;
			const series = oneOf(column, name, rows);
			if (series !== undefined) found.push(series);
		}
	}
	return found;
}

function oneOf(column: Column, name: string, rows: readonly Row[]): Series | undefined {
	let [count, last, sum] = [0, 0, 0];
	let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	const values = rows.map((row) => {
		const number = numberOf(cellOf(row, column));
		if (number === undefined) return null;
		count += 1;
		sum += number;
		last = number;
		min = Math.min(min, number);
		max = Math.max(max, number);
		return number;
	});
	if (count === 0) return undefined;
	return { column, name, values, count, last, min, max, mean: sum / count };
}
