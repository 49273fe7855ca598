/** How much of a narrow screen the panel takes: its title only, half of it, or nearly all. */
export type SheetSize = "folded" | "half" | "full";

const SIZES: readonly SheetSize[] = ["folded", "half", "full"];
/** Below this width, CSS pixels, the panel is a sheet at the bottom. */
export const SHEET_BELOW = 900;
/** Below this one it is folded until the reader opens it: it would hide what was just selected. */
const FOLDED_BELOW = 600;
/** A finger that moves less wants to press. */
export const MIN_DRAG = 8;

/** How the panel begins on a screen of a width. */
export function firstSize(width: number): SheetSize {
	return width < FOLDED_BELOW ? "folded" : "half";
}

/** Where a sheet goes that was let go at a height. */
export function sizeAt(height: number, screenHeight: number): SheetSize {
	const share = height / Math.max(1, screenHeight);
	if (share < 0.28) return "folded";
	return share < 0.68 ? "half" : "full";
}

/** The next larger or smaller one. */
export function stepped(size: SheetSize, step: 1 | -1): SheetSize {
	return SIZES[SIZES.indexOf(size) + step] ?? size;
}
