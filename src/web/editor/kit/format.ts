import { texts } from "../texts/texts.ts";

const UNITS = [
	["year", 365 * 86_400],
	["month", 30 * 86_400],
	["day", 86_400],
	["hour", 3600],
	["minute", 60],
	["second", 1],
] as const;

/**
 * How long ago, in the reader's words: "5 minutes ago", "5 分鐘前".
 * @param at Milliseconds since 1970, as `now`.
 */
export function formatAgo(at: number, now: number, lang: string = texts.value.lang): string {
	const seconds = Math.round((at - now) / 1000);
	const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
	const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
	return words.format(Math.trunc(seconds / length), unit);
}

/** A number for reading, with at most so many places after the point. */
export function formatNumber(value: number, places = 3, lang: string = texts.value.lang): string {
	return new Intl.NumberFormat(lang, { maximumFractionDigits: places }).format(value);
}

/** A moment, to the second. @param at Milliseconds since 1970. */
export function formatTime(at: number, lang: string = texts.value.lang): string {
	return new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}
