import type { ValueRange } from "./simulated-devices.ts";

/** Numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/** The same numbers for the same seed: a counter, well mixed. */
export function seededRandom(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x9e3779b9) >>> 0;
		let mixed = state;
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
		return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
	};
}

/** One value of a range (`ccm-gui.md §11`). */
export function draw({ type, min, max }: ValueRange, random: Random): number | boolean | null {
	const low = Math.min(min, max);
	const high = Math.max(min, max);
	switch (type) {
		case "int":
			return integerBetween(low, high, random());
		case "float":
			return between(low, high, random());
		case "boolean":
			return random() < 0.5;
		default:
			return null;
	}
}

/** @param share From 0 to 1. Not low + share * (high - low): the difference may be more than a number can be. */
function between(low: number, high: number, share: number): number {
	return Math.min(high, Math.max(low, low * (1 - share) + high * share));
}

/** Where there is no integer between the two, the one next to them. */
function integerBetween(low: number, high: number, share: number): number {
	const first = Math.ceil(low);
	const last = Math.floor(high);
	if (first >= last) return first === last ? first : Math.round(low);
	return Math.min(last, Math.floor(between(first, last + 1, share)));
}
