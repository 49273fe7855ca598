import { fromValues, type Rgb } from "./colour.ts";

/** What a screen is told to do; what is missing stays as it is. */
export interface Shown {
	readonly text?: string;
	/** Address of a picture, which the policy of the page allows; "": none. */
	readonly image?: string;
	/** What was asked for instead of a picture that the page may not load. */
	readonly refused?: string;
	readonly colour?: Rgb;
	/** 1 to 127: a MIDI note; above: hertz; 0: silence. */
	readonly sound?: number;
	/** Milliseconds; 1: a short one. */
	readonly vibrate?: number;
}

const MAX_TEXT = 2_000;
const PICTURE_DATA = /^data:image\/(png|jpe?g|gif|webp|avif|bmp|svg\+xml)[;,]/i;
const PICTURE_FILE = /^https:\/\/[^\s]+\.(png|jpe?g|gif|webp|avif|bmp|svg)(\?[^\s]*)?$/i;

/**
 * What a value of `Display-O` means: a text, a colour (`"#ff0040"`, or red, green and blue), a picture by its address
 * (`data:` or `https:`), or an object that says what is what: `{"text","image","color","sound","vibrate"}`.
 */
export function shownOf(value: unknown): Shown {
	if (Array.isArray(value)) {
		const list: readonly unknown[] = value;
		if (list.length === 1) return shownOf(list[0]);
		const colour = list.length === 3 ? fromValues(list) : undefined;
		return colour === undefined ? { text: textOf(list), image: "" } : { colour };
	}
	if (typeof value === "string") return ofText(value);
	if (typeof value === "object" && value !== null) return ofFields(new Map(Object.entries(value)));
	return { text: textOf(value), image: "" };
}

function ofText(text: string): Shown {
	if (PICTURE_DATA.test(text) || PICTURE_FILE.test(text)) return { image: text, text: "" };
	const colour = fromValues(text);
	return colour === undefined ? { text: textOf(text), image: "" } : { colour };
}

function ofFields(fields: ReadonlyMap<string, unknown>): Shown {
	const text = fields.get("text");
	const image = fields.get("image");
	const colour = fromValues(fields.get("color") ?? fields.get("colour"));
	const [sound, vibrate] = [numberOf(fields.get("sound")), numberOf(fields.get("vibrate"))];
	const shown: Shown = {
		...(text !== undefined && { text: textOf(text) }),
		...(typeof image === "string" && picture(image)),
		...(colour !== undefined && { colour }),
		...(sound !== undefined && { sound }),
		...(vibrate !== undefined && { vibrate }),
	};
	return Object.keys(shown).length > 0
		? shown
		: { text: textOf(Object.fromEntries(fields)), image: "" };
}

function picture(address: string): Pick<Shown, "image" | "refused"> {
	if (address === "" || PICTURE_DATA.test(address) || /^https:\/\//i.test(address)) {
		return { image: address };
	}
	return { image: "", refused: address.slice(0, 80) };
}

/** A value in words, as short as a screen can show it. */
export function textOf(value: unknown): string {
	if (typeof value === "string") return value.slice(0, MAX_TEXT);
	if (Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null)) {
		return value.map(String).join("  ").slice(0, MAX_TEXT);
	}
	return (JSON.stringify(value) ?? "").slice(0, MAX_TEXT);
}

function numberOf(value: unknown): number | undefined {
	if (value === true) return 1;
	if (value === false) return 0;
	return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
