import { openLibc } from "./libc.ts";

const libc = openLibc({ localtime_r: { args: ["ptr", "ptr"], returns: "ptr" } });
/** Room for the `struct tm` of glibc and musl, 56 bytes; it begins with the six numbers from seconds to years. */
const TM_INTS = 14;
const FIRST_YEAR = 1900;

/** Year, month from 1, day, hours, minutes, seconds. */
type Fields = readonly [number, number, number, number, number, number];

/**
 * A moment as the clock on the wall shows it, such as `2026-03-01 14:05:09.250`.
 * @param ms Unix time.
 */
export function localTime(ms: number): string {
	// The runtime knows zones that this system may have no file of.
	const isNamed = process.env.TZ !== undefined;
	const [year, ...others] = (isNamed ? undefined : fieldsOfSystem(ms)) ?? fieldsOfRuntime(ms);
	const [month, day, hours, minutes, seconds] = others.map((field) => padded(field, 2));
	const fraction = padded(new Date(ms).getUTCMilliseconds(), 3);
	return `${padded(year, 4)}-${month}-${day} ${hours}:${minutes}:${seconds}.${fraction}`;
}

/**
 * As the C library has it: the runtime's tables of zones take 1 MiB of memory and 4 ms when they are first used.
 * Undefined where there is no such library.
 */
export function fieldsOfSystem(ms: number): Fields | undefined {
	const tm = new Int32Array(TM_INTS);
	const found = libc()?.localtime_r(BigInt64Array.of(BigInt(Math.floor(ms / 1000))), tm);
	if (!found) return undefined;
	const [seconds = 0, minutes = 0, hours = 0, day = 0, month = 0, years = 0] = tm;
	return [FIRST_YEAR + years, month + 1, day, hours, minutes, seconds];
}

/** As JavaScript has it. */
export function fieldsOfRuntime(ms: number): Fields {
	const at = new Date(ms);
	const time = [at.getHours(), at.getMinutes(), at.getSeconds()] as const;
	return [at.getFullYear(), at.getMonth() + 1, at.getDate(), ...time];
}

function padded(value: number, digits: number): string {
	return String(value).padStart(digits, "0");
}
