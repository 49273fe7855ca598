import { texts } from "../texts/texts.ts";

/** A moment as hours, minutes and seconds. @param seconds Since 1970. */
export function formatTimeOfDay(seconds: number): string {
	return new Intl.DateTimeFormat(texts.value.lang, {
		...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
	}).format(seconds * 1000);
}
