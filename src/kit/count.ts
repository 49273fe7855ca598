/** A number with its noun: `1 graph`, `2 graphs`. */
export function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
