import { localTime } from "./local-time.ts";
import { visible } from "./terminal-text.ts";

const GREEN = 32;
const COLOURS: Readonly<Record<string, number>> = { debug: 34, info: GREEN, warn: 33, error: 31 };
const CYAN = 36;
const GREY = 90;
const NO_COLOUR = 39;

/**
 * Makes a line for people of an event's line of JSON: time, level, component and message, then all other fields as JSON.
 * @param isColoured Whether a terminal shows it.
 */
export function textLine(line: string, isColoured: boolean): string {
	const { level, time, component, room: _former, msg, ...fields } = JSON.parse(line);
	const inColour = (colour: number, text: string) =>
		isColoured ? `\u001b[${colour}m${text}\u001b[${NO_COLOUR}m` : text;
	const label = inColour(COLOURS[level] ?? GREEN, String(level).toUpperCase());
	// Fields are shown as JSON, which has no controls in it but those beyond ASCII.
	const message = inColour(CYAN, `${visible(String(component))}: ${visible(String(msg))}`);
	const others = Object.keys(fields).length === 0 ? "" : JSON.stringify(fields);
	const shown = others === "" ? "" : ` ${inColour(GREY, others)}`;
	return `[${localTime(Date.parse(String(time)))}] ${label}: ${message}${shown}\n`;
}
