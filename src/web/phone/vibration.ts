const SHORT_MS = 300;
const LONGEST_MS = 3_000;

/** How long a phone vibrates for a value, milliseconds. @param value 1: for a moment. */
export function vibrationMs(value: number): number {
	if (!(value > 0)) return 0;
	return value <= 1 ? SHORT_MS : Math.min(value, LONGEST_MS);
}

/** @returns whether the browser can. */
export function vibrate(value: number): boolean {
	return canVibrate() && navigator.vibrate(vibrationMs(value));
}

/** iPhones cannot. */
export function canVibrate(): boolean {
	return "vibrate" in navigator;
}
