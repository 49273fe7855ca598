/** Values a chart shows of each line. */
export const LENGTH = 200;
/** Lines of a chart at most. */
const MAX_LINES = 4;

/** What a chart shows: lines, oldest value first, all as long; undefined where a line had no value. */
export interface Series {
	readonly lines: readonly (readonly (number | undefined)[])[];
	readonly min: number;
	readonly max: number;
}

export const NO_SERIES: Series = { lines: [], min: 0, max: 1 };

/** The numbers of a value; one of a list has each of them as a line of its own. */
export function numbersOf(value: unknown): (number | undefined)[] {
	const list: readonly unknown[] = Array.isArray(value) ? value : [value];
	return list
		.slice(0, MAX_LINES)
		.map((one) => (typeof one === "boolean" ? Number(one) : one))
		.map((one) => (typeof one === "number" && Number.isFinite(one) ? one : undefined));
}

/** A series with one more value; without any number it stays as it is. */
export function extended(series: Series, value: unknown): Series {
	const numbers = numbersOf(value);
	if (numbers.every((one) => one === undefined)) return series;
	const length = Math.min(LENGTH - 1, series.lines[0]?.length ?? 0);
	const count = Math.max(series.lines.length, numbers.length);
	const lines = Array.from({ length: count }, (_, index) => {
		const before = series.lines[index]?.slice(-length) ?? [];
		const gap = Array.from({ length: length - before.length }, () => undefined);
		return [...gap, ...before, numbers[index]];
	});
	const all = lines.flat().filter((one) => one !== undefined);
	const [min, max] = [Math.min(...all), Math.max(...all)];
	// A line that never changed runs through the middle.
	return max > min ? { lines, min, max } : { lines, min: min - 1, max: max + 1 };
}

/** Points of a line in a picture 100 wide and high, in pieces where values are missing. */
export function pathOf(line: readonly (number | undefined)[], { min, max }: Series): string {
	let isDrawing = false;
	return line
		.map((value, index) => {
			const wasDrawing = isDrawing;
			isDrawing = value !== undefined;
			if (value === undefined) return "";
			const x = ((LENGTH - line.length + index) / (LENGTH - 1)) * 100;
			const y = 100 - ((value - min) / (max - min)) * 100;
			return `${wasDrawing ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`;
		})
		.join("");
}
