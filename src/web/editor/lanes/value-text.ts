/** Digits of a number in a chip. */
const DIGITS = 4;

/** A value in a few characters: one number or text as it is, several with commas. @param json As the server cut it. */
export function shortValue(json: string): string {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		// Longer than the server sends.
		return json;
	}
	const inner = unwrapped(value);
	return Array.isArray(inner)
		? inner.map((one) => plain(unwrapped(one))).join(",\u2009")
		: plain(inner);
}

/** Functions often give a list of one. */
function unwrapped(value: unknown): unknown {
	return Array.isArray(value) && value.length === 1 ? unwrapped(value[0]) : value;
}

function plain(value: unknown): string {
	if (typeof value === "string") return value;
	if (typeof value !== "number") return JSON.stringify(value);
	// Integers keep all of their digits: they may count something.
	if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
	return String(Number(value.toPrecision(DIGITS)));
}

/** Points of an SVG `polyline` in a box: the newest at the right, the range of the numbers over its height. */
export function sparkline(numbers: readonly number[], width: number, height: number): string {
	if (numbers.length < 2) return "";
	const low = Math.min(...numbers);
	const range = Math.max(...numbers) - low;
	const step = width / (numbers.length - 1);
	return numbers
		.map((one, index) => {
			const y = range === 0 ? height / 2 : height - ((one - low) / range) * height;
			return `${round(index * step)},${round(y)}`;
		})
		.join(" ");
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
