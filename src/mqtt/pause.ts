const FIRST_MS = 250;

/**
 * Time until the next attempt: it grows, and is random within limits, so that many gateways do not reconnect in step.
 * @param failures Attempts that failed so far, from 1.
 */
export function pauseMs(failures: number, longestMs: number): number {
	const longest = Math.min(longestMs, FIRST_MS * 2 ** failures);
	return Math.round(longest * (0.5 + Math.random() / 2));
}
