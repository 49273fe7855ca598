import { visibleLines } from "./terminal-text.ts";

/** Bytes of a line, its end included. */
const MAX_LINE_BYTES = 8192;

/** How long texts and lists may be in a line that is too long, tried one after the other. */
const ALLOWED_CHARS = [1500, 300, 60];
const CHARS_PER_ITEM = 20;
const MIN_ITEMS = 4;
/** Lists in lists; what is deeper is left out. */
const MAX_DEPTH = 6;

/**
 * A line of JSON that a terminal only shows, within {@link MAX_LINE_BYTES}: JSON still, with texts and
 * lists cut where they are too long, and `cut_from` saying how many bytes it was.
 * @param written The JSON text of an object and a line feed.
 */
export function fitJsonLine(written: string): string {
	const line = visibleLines(written);
	if (fits(line)) return line;
	const { level, time, component, room, msg, ...fields }: Record<string, unknown> =
		JSON.parse(line);
	const shortHead = (chars: number) =>
		Object(shortened({ component, room, msg }, chars)) as Record<string, unknown>;
	const cutFrom = { cut_from: Buffer.byteLength(line) };
	for (const chars of ALLOWED_CHARS) {
		// What says of which event the line is comes first, whatever the fields are.
		const head = { level, time, ...shortHead(chars) };
		const cut = jsonLine({ ...Object(shortened(fields, chars)), ...head, ...cutFrom });
		if (fits(cut)) return cut;
	}
	return jsonLine({ level, time, ...shortHead(60), ...cutFrom });
}

/** A line of text within {@link MAX_LINE_BYTES}. */
export function fitTextLine(line: string): string {
	if (fits(line)) return line;
	const end = ` ... (cut from ${Buffer.byteLength(line)} bytes)\n`;
	// A character whose bytes are cut apart becomes a replacement character, which takes three.
	const room = MAX_LINE_BYTES - end.length - 3;
	return Buffer.from(line).subarray(0, room).toString() + end;
}

/** A value with long texts cut and long lists and objects ended early. */
function shortened(value: unknown, chars: number, depth = 0): unknown {
	if (typeof value === "string") {
		return value.length > chars
			? `${value.slice(0, chars)} ... (${value.length} characters)`
			: value;
	}
	if (typeof value !== "object" || value === null) return value;
	if (depth === MAX_DEPTH) return "...";
	const most = Math.max(MIN_ITEMS, Math.ceil(chars / CHARS_PER_ITEM));
	if (Array.isArray(value)) {
		const items = value.slice(0, most).map((item) => shortened(item, chars, depth + 1));
		return value.length > most ? [...items, `... (${value.length} items)`] : items;
	}
	const entries = Object.entries(value);
	const kept = entries
		.slice(0, most)
		.map(([key, item]) => [String(shortened(key, chars)), shortened(item, chars, depth + 1)]);
	return Object.fromEntries(
		entries.length > most ? [...kept, ["...", `${entries.length} keys`]] : kept,
	);
}

const jsonLine = (event: object) => visibleLines(`${JSON.stringify(event)}\n`);

function fits(line: string): boolean {
	// A UTF-16 unit takes three bytes at most: most lines need no counting.
	return line.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(line) <= MAX_LINE_BYTES;
}
