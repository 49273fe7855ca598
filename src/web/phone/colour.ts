/** Red, green and blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** The parameter of a feature: `max` over `min` where it has a range. */
export interface Range {
	readonly min: number;
	readonly max: number;
}

/**
 * The colour at a place of the colour field: hues from left to right, white at the top, black at the bottom.
 * @param x 0 to 1. @param y 0 to 1.
 */
export function colourAt(x: number, y: number): Rgb {
	const hue = clamp(x, 0, 1) * 360;
	const light = 1 - clamp(y, 0, 1);
	const strength = Math.min(light, 1 - light);
	const part = (offset: number) => {
		const turn = (offset + hue / 30) % 12;
		const value = light - strength * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
		return Math.round(value * 255);
	};
	return [part(0), part(8), part(4)];
}

/** As style sheets write it. */
export function hexOf(rgb: Rgb): string {
	return `#${rgb.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

/** A colour as a feature's parameters count it: 0 to 255 unless they have ranges of their own. */
export function toParams(rgb: Rgb, params: readonly Range[]): number[] {
	return rgb.map((one, index) => {
		const { min, max } = params[index] ?? { min: 0, max: 0 };
		if (max <= min || max === 255) return one;
		const value = min + (one / 255) * (max - min);
		return max - min > 20 ? Math.round(value) : Math.round(value * 1000) / 1000;
	});
}

/** The colour that values stand for; undefined: they are not a colour. @param params Of the feature they came by. */
export function fromValues(values: unknown, params: readonly Range[] = []): Rgb | undefined {
	if (typeof values === "string") return fromHex(values);
	if (!Array.isArray(values)) return undefined;
	const list: readonly unknown[] = values;
	if (list.length === 1) return fromValues(list[0], params);
	const [red, green, blue] = list.map((value, index) => part(value, params[index]));
	if (list.length < 3 || red === undefined || green === undefined || blue === undefined) {
		return undefined;
	}
	return [red, green, blue];
}

/** A colour in dimmer light. @param share 0 to 1. */
export function dimmed(rgb: Rgb, share: number): Rgb {
	const [red, green, blue] = rgb.map((one) => Math.round(one * clamp(share, 0, 1)));
	return [red ?? 0, green ?? 0, blue ?? 0];
}

/** Black or white, whichever can be read better on a colour (WCAG 2, relative luminance). */
export function inkOn(rgb: Rgb): "#000000" | "#ffffff" {
	const [red = 0, green = 0, blue = 0] = rgb.map((one) => {
		const share = one / 255;
		return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

export function clamp(value: number, min: number, max: number): number {
	return Math.min(max, Math.max(min, value));
}

function part(value: unknown, range?: Range): number | undefined {
	if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
	const hasRange = range !== undefined && range.max > range.min;
	const share = hasRange ? (value - range.min) / (range.max - range.min) : value / 255;
	return Math.round(clamp(share, 0, 1) * 255);
}

function fromHex(text: string): Rgb | undefined {
	const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
	if (match === null) return undefined;
	const [red = 0, green = 0, blue = 0] = match.slice(1).map((one) => Number.parseInt(one, 16));
	return [red, green, blue];
}
