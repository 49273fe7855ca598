// Time zones for the engine: the IANA rules, which moment-timezone brings as text, as the files (TZif,
// RFC 8536) that Python's zoneinfo and the engine's own clock read. Used when assets are made.
import packed from "moment-timezone/data/packed/latest.json" with { type: "json" };
import { PosixRule } from "./posix-rule.ts";

/** A span of time with one offset. */
interface Period {
	/** Unix time at which it begins; -Infinity for the first. */
	readonly from: number;
	/** Seconds east of Greenwich. */
	readonly offset: number;
	readonly name: string;
	readonly isDst: boolean;
}

/** Version of the rules, such as `2026f`. */
export const ZONES_VERSION: string = packed.version;

const DAY = 86_400;
/** A longer period is not summer time, whatever its offset. */
const MAX_SUMMER = 300 * DAY;
/** No rule leaves so much time between two changes. */
const MAX_GAP = 366 * DAY;
/** Years whose changes are compared to find the rule of those that follow; the data ends with them. */
const LAST_YEARS = [2030, 2031, 2032, 2033, 2034, 2035, 2036, 2037];

/** Every zone and link by name. */
export function allZones(): Map<string, Buffer> {
	const zones = new Map<string, Buffer>();
	for (const text of packed.zones) {
		const [name = "", ...fields] = text.split("|");
		zones.set(name, fileOf(periodsOf(fields)));
	}
	for (const link of packed.links) {
		const [target = "", name = ""] = link.split("|");
		const file = zones.get(target);
		if (file !== undefined) zones.set(name, file);
	}
	return zones;
}

/** The packed form: names, offsets (minutes west), which of them holds when, minutes between changes. */
function periodsOf([names = "", offsets = "", order = "", gaps = ""]: string[]): Period[] {
	const name = names.split(" ");
	const offset = offsets.split(" ").map((text) => -Math.round(base60(text) * 60));
	const changes: number[] = [];
	let minutes = 0;
	for (const gap of gaps === "" ? [] : gaps.split(" ")) {
		minutes += base60(gap);
		changes.push(Math.round(minutes * 60));
	}
	const kinds = [...order].map((digit) => base60(digit));
	const spans = kinds.map((kind, index) => ({
		from: index === 0 ? -Infinity : (changes[index - 1] ?? Infinity),
		offset: offset[kind] ?? 0,
		name: name[kind] ?? "",
	}));
	return spans.map((span, index) => {
		const before = spans[index - 1];
		const after = spans[index + 1];
		const isDst =
			before !== undefined &&
			after !== undefined &&
			span.offset > before.offset &&
			span.offset >= after.offset &&
			span.name !== after.name &&
			after.from - span.from < MAX_SUMMER;
		return { ...span, isDst };
	});
}

function base60(text: string): number {
	const [, sign = "", whole = "", fraction = ""] = /^(-?)([^.]*)\.?(.*)$/.exec(text) ?? [];
	let value = 0;
	for (const digit of whole) value = value * 60 + digitOf(digit);
	let weight = 1;
	for (const digit of fraction) {
		weight /= 60;
		value += digitOf(digit) * weight;
	}
	return sign === "-" ? -value : value;
}

function digitOf(digit: string): number {
	const code = digit.charCodeAt(0);
	if (code > 96) return code - 87;
	if (code > 64) return code - 29;
	return code - 48;
}

function fileOf(all: Period[]): Buffer {
	const footer = ruleOf(all);
	const periods = withoutRuled(all, footer);
	const keys: string[] = [];
	const kinds = periods.map(({ offset, isDst, name }) => {
		const key = `${offset} ${isDst ? 1 : 0} ${name}`;
		if (!keys.includes(key)) keys.push(key);
		return keys.indexOf(key);
	});
	const changes = periods.slice(1);
	const texts: string[] = [];
	const types = keys.map((key) => {
		const [offset, isDst, name = ""] = key.split(" ");
		const type = Buffer.alloc(6);
		type.writeInt32BE(Number(offset));
		type.writeUInt8(Number(isDst), 4);
		type.writeUInt8(texts.join("").length, 5);
		texts.push(`${name}\0`);
		return type;
	});
	const times = Buffer.alloc(8 * changes.length);
	for (const [index, { from }] of changes.entries()) times.writeBigInt64BE(BigInt(from), 8 * index);
	return Buffer.concat([
		// The block for readers of 32 bits has nothing in it.
		...[header(0, 1, 1), Buffer.alloc(7)],
		header(changes.length, types.length, texts.join("").length),
		...[times, Buffer.from(kinds.slice(1)), ...types, Buffer.from(texts.join(""))],
		Buffer.from(`\n${footer}\n`),
	]);
}

/** Leaves out the changes at the end that the rule gives too. */
function withoutRuled(periods: Period[], footer: string): Period[] {
	const rule = PosixRule.parse(footer);
	const isRuled = (at: number, { offset, name, isDst }: Period) => {
		const ruled = rule?.at(at);
		return ruled?.offset === offset && ruled.name === name && ruled.isDst === isDst;
	};
	let count = periods.length;
	while (count > 2) {
		const [before, last] = [periods[count - 2], periods[count - 1]];
		if (before === undefined || last === undefined) break;
		// Years without a change are not the rule's, although it holds at both of their ends.
		if (last.from - before.from > MAX_GAP || !isRuled(before.from, before)) break;
		if (!isRuled(last.from, last) || !isRuled(last.from - 1, before)) break;
		count -= 1;
	}
	return periods.slice(0, count);
}

function header(times: number, types: number, characters: number): Buffer {
	const head = Buffer.alloc(44);
	head.write("TZif2", "latin1");
	head.writeUInt32BE(times, 32);
	head.writeUInt32BE(types, 36);
	head.writeUInt32BE(characters, 40);
	return head;
}

/** What holds after the last change, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`. */
function ruleOf(periods: Period[]): string {
	const last = periods.at(-1) ?? { from: 0, offset: 0, name: "UTC", isDst: false };
	const standard = `${nameText(last.name)}${offsetText(-last.offset)}`;
	const inYears = LAST_YEARS.map((year) =>
		periods.flatMap((period, index) => {
			const before = periods[index - 1];
			if (before === undefined || new Date(period.from * 1000).getUTCFullYear() !== year) return [];
			return [{ period, wall: new Date((period.from + before.offset) * 1000) }];
		}),
	);
	const pair = (summer: boolean) =>
		inYears.map((changes) => changes.find(({ period }) => period.isDst === summer));
	const [begins, ends] = [pair(true), pair(false)];
	const [first, second] = [begins[0], ends[0]];
	// The last summer is not known to end within the data, and counts as none.
	const whole = LAST_YEARS.length - 1;
	if (first === undefined || second === undefined) return standard;
	const begin = changeText(begins.slice(0, whole).map((change) => change?.wall));
	const end = changeText(ends.slice(0, whole).map((change) => change?.wall));
	if (begin === undefined || end === undefined) return standard;
	const { name, offset } = first.period;
	const normal = second.period;
	const own = offset === normal.offset + 3600 ? "" : offsetText(-offset);
	return `${nameText(normal.name)}${offsetText(-normal.offset)}${nameText(name)}${own},${begin},${end}`;
}

/** The rule that gives the same change each year; undefined when there is none. */
function changeText(walls: (Date | undefined)[]): string | undefined {
	for (const shift of [0, -1, 1, 2, 3, 4, 5, 6]) {
		const days = walls.map((wall) =>
			wall === undefined ? undefined : new Date(wall.getTime() - shift * DAY * 1000),
		);
		const [day] = days;
		if (day === undefined) return undefined;
		const text = `${day.getUTCMonth() + 1} ${day.getUTCDay()} ${secondsOf(day)}`;
		if (
			!days.every(
				(other) =>
					other !== undefined &&
					text === `${other.getUTCMonth() + 1} ${other.getUTCDay()} ${secondsOf(other)}`,
			)
		)
			continue;
		const known = days.filter((other) => other !== undefined);
		const weeks = new Set(known.map((other) => Math.ceil(other.getUTCDate() / 7)));
		const isLast = known.every((other) => other.getUTCDate() + 7 > daysIn(other));
		const week = isLast ? 5 : weeks.size === 1 ? [...weeks][0] : undefined;
		if (week === undefined) continue;
		const time = secondsOf(day) + shift * DAY;
		const at = time === 7200 ? "" : `/${offsetText(time)}`;
		return `M${day.getUTCMonth() + 1}.${week}.${day.getUTCDay()}${at}`;
	}
	return undefined;
}

function secondsOf(day: Date): number {
	return day.getUTCHours() * 3600 + day.getUTCMinutes() * 60 + day.getUTCSeconds();
}

function daysIn(day: Date): number {
	return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}

function nameText(name: string): string {
	return /^[A-Za-z]+$/.test(name) ? name : `<${name}>`;
}

/** Seconds as POSIX writes hours: `-8`, `5:30`. */
function offsetText(seconds: number): string {
	const size = Math.abs(seconds);
	const [hours, minutes, rest] = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
	const parts = rest > 0 ? [minutes, rest] : minutes > 0 ? [minutes] : [];
	const text = [hours, ...parts.map((part) => String(part).padStart(2, "0"))].join(":");
	return seconds < 0 ? `-${text}` : text;
}
