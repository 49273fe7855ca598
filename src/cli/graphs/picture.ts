// Joins as a text picture: inputs on the left, the join's function in the middle, outputs on the right.
import { cut, padded, widthOf } from "../text-width.ts";

/** One end of a join, in two lines; texts are safe to print. */
export interface PicturePort {
	/** Of the device: undefined where none is bound, or it is not known. */
	readonly state: "online" | "offline" | undefined;
	readonly label: string;
	/** Function and newest value; may be empty. */
	readonly detail: string;
}

export interface PictureJoin {
	readonly name: string;
	/** Of the join; undefined for none. */
	readonly function: string | undefined;
	readonly inputs: readonly PicturePort[];
	readonly outputs: readonly PicturePort[];
}

/** The narrowest side that is worth drawing. */
const LEAST_SIDE = 14;
const WIDEST_FUNCTION = 24;
/** Rails beside the function, and the blanks around them. */
const RAIL = 4;
const BLANKS = 4;
const STATES = { online: "●", offline: "○", unknown: "·" };

/** Lines for both sides of a rail, by which directions leave a place: left, up, down, right. */
const CORNERS: Readonly<Record<string, string>> = {
	"": " ",
	l: "─",
	r: "─",
	lr: "─",
	ud: "│",
	ld: "┐",
	lu: "┘",
	dr: "┌",
	ur: "└",
	lud: "┤",
	udr: "├",
	ldr: "┬",
	lur: "┴",
	ludr: "┼",
};

/**
 * A join, its name as the first line.
 * @param width Columns of the terminal; in a narrow one it is a list.
 */
export function drawJoin(join: PictureJoin, width: number): string[] {
	const { inputs, outputs } = join;
	const middle = cut(join.function ?? "", WIDEST_FUNCTION);
	const middleWidth = middle === "" ? 1 : widthOf(middle) + 4;
	const room = Math.floor((width - middleWidth - 2 * RAIL - BLANKS) / 2);
	if (room < LEAST_SIDE) return listed(join, width);
	const center = Math.max(inputs.length, outputs.length, 1) - 1;
	const [left, right] = [inputs, outputs].map((ports) => sideOf(ports, center, room));
	const lines: string[] = [];
	for (let y = 0; y <= 2 * center + 1; y++) {
		const rails = [railAt(inputs.length, center, y), railAt(outputs.length, center, y)];
		const [from, to] = [corner(rails[0], "left"), corner(rails[1], "right")];
		const box = y === center ? boxOf(middle) : " ".repeat(middleWidth);
		const text = `  ${padded(left?.lines[y] ?? "", left?.width ?? 0)} ${from}${box}${to} ${right?.lines[y] ?? ""}`;
		lines.push(text.trimEnd());
	}
	return [cut(join.name, width), ...lines.filter((line, y) => line !== "" || y <= center)];
}

function boxOf(middle: string): string {
	return middle === "" ? "─" : `┤ ${middle} ├`;
}

function markOf({ state }: PicturePort): string {
	return STATES[state ?? "unknown"];
}

/** Texts of one side by line. */
function sideOf(ports: readonly PicturePort[], center: number, room: number) {
	const first = center - (ports.length - 1);
	const lines: string[] = Array.from({ length: 2 * center + 2 }, () => "");
	for (const [index, port] of ports.entries()) {
		lines[first + 2 * index] = cut(`${markOf(port)} ${port.label}`, room);
		lines[first + 2 * index + 1] = cut(`  ${port.detail}`.trimEnd(), room);
	}
	return { lines, width: Math.max(0, ...lines.map(widthOf)) };
}

interface Rail {
	readonly isPort: boolean;
	readonly isUp: boolean;
	readonly isDown: boolean;
	readonly isCenter: boolean;
}

/** What the rail that ties ports to the middle is at a line. */
function railAt(ports: number, center: number, y: number): Rail {
	const first = center - (ports - 1);
	const last = center + (ports - 1);
	const isInside = ports > 0 && y >= first && y <= last;
	return {
		isPort: isInside && (y - first) % 2 === 0,
		isUp: isInside && y > first,
		isDown: isInside && y < last,
		isCenter: isInside && y === center,
	};
}

function corner(rail: Rail | undefined, side: "left" | "right"): string {
	if (rail === undefined) return " ".repeat(RAIL);
	const { isPort, isUp, isDown, isCenter } = rail;
	const [toPort, toMiddle] = side === "left" ? ["l", "r"] : ["r", "l"];
	const ways = [isPort && toPort, isCenter && toMiddle, isUp && "u", isDown && "d"];
	const key = ["l", "u", "d", "r"].filter((way) => ways.includes(way)).join("");
	const place = CORNERS[key] ?? " ";
	const inner = isCenter ? "─" : " ";
	if (side === "left") return `${isPort ? "──" : "  "}${place}${inner}`;
	return `${inner}${place}${isPort ? "─▶" : "  "}`;
}

function listed({ name, function: fn, inputs, outputs }: PictureJoin, width: number): string[] {
	const row = (arrow: string) => (port: PicturePort) =>
		cut(`  ${arrow} ${markOf(port)} ${port.label}  ${port.detail}`.trimEnd(), width);
	const title = fn === undefined ? name : `${name} (${fn})`;
	return [cut(title, width), ...inputs.map(row("in ")), ...outputs.map(row("out"))];
}
