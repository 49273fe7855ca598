/** What a clock on the wall shows at some moment. */
export interface LocalTime {
	/** Seconds east of Greenwich. */
	readonly offset: number;
	readonly isDst: boolean;
	/** Such as `CEST`. */
	readonly name: string;
}

/** The parts of a zone file (TZif of RFC 8536). */
export interface ZoneFile {
	/** Unix times of the changes, ascending. */
	readonly times: Float64Array;
	/** What holds after each of them. */
	readonly kinds: readonly LocalTime[];
	/** What holds before the first. */
	readonly first: LocalTime;
	/** The rule after the last, as POSIX writes it; empty when there is none. */
	readonly footer: string;
}

const HEADER_BYTES = 44;
const DAY = 86_400;

/**
 * Cuts a zone file into its parts.
 * @throws RangeError when it is shorter than it says.
 */
export function changesOf(file: Buffer): ZoneFile {
	const version = file.readUInt8(4);
	let at = 0;
	let wide = 4;
	if (version !== 0) {
		at = sizeOf(file, 0, 4);
		wide = 8;
	}
	const [, , , count, types, characters] = countsOf(file, at);
	const indexAt = at + HEADER_BYTES + count * wide;
	const typesAt = indexAt + count;
	const namesAt = typesAt + types * 6;
	const names = file.toString("latin1", namesAt, namesAt + characters);
	const typeAt = (index: number): LocalTime => ({
		offset: file.readInt32BE(typesAt + index * 6),
		isDst: file.readUInt8(typesAt + index * 6 + 4) === 1,
		name: names.slice(file.readUInt8(typesAt + index * 6 + 5)).split("\0")[0] ?? "",
	});
	const all = Array.from({ length: types }, (_, index) => typeAt(index));
	const first = all[0] ?? { offset: 0, isDst: false, name: "UTC" };
	const times = new Float64Array(count);
	const kinds: LocalTime[] = [];
	for (let n = 0; n < count; n++) {
		const from = at + HEADER_BYTES + n * wide;
		times[n] = wide === 8 ? Number(file.readBigInt64BE(from)) : file.readInt32BE(from);
		kinds.push(all[file.readUInt8(indexAt + n)] ?? first);
	}
	const footer = version === 0 ? "" : file.toString("latin1", at + sizeOf(file, at, 8)).trim();
	return { times, kinds, first, footer };
}

/** isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt of a header. */
function countsOf(file: Buffer, at: number): [number, number, number, number, number, number] {
	const count = (index: number) => file.readUInt32BE(at + 20 + 4 * index);
	return [count(0), count(1), count(2), count(3), count(4), count(5)];
}

function sizeOf(file: Buffer, at: number, wide: number): number {
	const [utc, standard, leap, times, types, characters] = countsOf(file, at);
	return (
		HEADER_BYTES + times * (wide + 1) + types * 6 + characters + leap * (wide + 4) + standard + utc
	);
}

/** A day of the year and the time on its clock. */
interface Change {
	/** Unix time in seconds of the clock on the wall, as if it showed UTC. */
	in(year: number): number;
}

const NAME = "([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const TIME = "([+-]?\\d{1,3}(?::\\d{1,2}){0,2})";
const DATE = `([^,/]+)(?:/${TIME})?`;
const ZONE = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?(?:,${DATE},${DATE})?)?$`);
/** What holds when a text names a summer time without its dates. */
const USUAL_DATES = ["M3.2.0", "M11.1.0"] as const;

/** A rule for all years: `CET-1CEST,M3.5.0,M10.5.0/3`. */
export class PosixRule {
	readonly standard: LocalTime;
	readonly #summer: LocalTime | undefined;
	readonly #begin: Change | undefined;
	readonly #end: Change | undefined;

	private constructor(standard: LocalTime, summer?: LocalTime, begin?: Change, end?: Change) {
		this.standard = standard;
		this.#summer = summer;
		this.#begin = begin;
		this.#end = end;
	}

	/** Undefined when the text is not a rule. */
	static parse(text: string): PosixRule | undefined {
		const parts = ZONE.exec(text);
		if (parts === null) return undefined;
		const [, name = "", west = "", summerName, summerWest, begin, beginAt, end, endAt] = parts;
		const offset = -secondsOf(west);
		const standard = { offset, isDst: false, name: plain(name) };
		if (summerName === undefined) return new PosixRule(standard);
		const first = changeOf(begin ?? USUAL_DATES[0], beginAt);
		const second = changeOf(end ?? USUAL_DATES[1], endAt);
		if (first === undefined || second === undefined) return undefined;
		const summer = {
			offset: summerWest === undefined ? offset + 3600 : -secondsOf(summerWest),
			isDst: true,
			name: plain(summerName),
		};
		return new PosixRule(standard, summer, first, second);
	}

	/** What holds at a Unix time in seconds. */
	at(seconds: number): LocalTime {
		const { standard } = this;
		const summer = this.#summer;
		if (summer === undefined || this.#begin === undefined || this.#end === undefined) {
			return standard;
		}
		const year = new Date((seconds + standard.offset) * 1000).getUTCFullYear();
		const begin = this.#begin.in(year) - standard.offset;
		const end = this.#end.in(year) - summer.offset;
		// South of the equator the summer goes over the end of the year.
		const isSummer =
			begin < end ? seconds >= begin && seconds < end : seconds >= begin || seconds < end;
		return isSummer ? summer : standard;
	}
}

function plain(name: string): string {
	return name.replace(/^<|>$/g, "");
}

function secondsOf(text: string): number {
	const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
	const size = hours * 3600 + minutes * 60 + seconds;
	return text.startsWith("-") ? -size : size;
}

function changeOf(date: string, time = "2"): Change | undefined {
	const at = secondsOf(time);
	const [, month, week, day] = /^M(\d{1,2})\.([1-5])\.([0-6])$/.exec(date) ?? [];
	if (month !== undefined) {
		return { in: (year) => nthDay(year, Number(month), Number(week), Number(day)) + at };
	}
	const [, julian, zeroBased] = /^(?:J(\d{1,3})|(\d{1,3}))$/.exec(date) ?? [];
	if (zeroBased !== undefined) {
		return { in: (year) => Date.UTC(year, 0, 1) / 1000 + Number(zeroBased) * DAY + at };
	}
	if (julian === undefined) return undefined;
	// J60 is the first of March in every year.
	const days = new Date(Date.UTC(2001, 0, Number(julian)));
	return { in: (year) => Date.UTC(year, days.getUTCMonth(), days.getUTCDate()) / 1000 + at };
}

function nthDay(year: number, month: number, week: number, day: number): number {
	const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
	const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
	let date = 1 + ((day - first + 7) % 7) + (week - 1) * 7;
	while (date > days) date -= 7;
	return Date.UTC(year, month - 1, date) / 1000;
}
