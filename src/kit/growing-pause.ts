export interface PauseLimits {
	/** After the first failure. */
	readonly firstMs: number;
	readonly longestMs: number;
}

/**
 * Time until the next attempt, milliseconds: doubled with each failure.
 * @param failures In a row, from 1.
 * @param random 0 to 1, which shortens the pause by up to half, so that many who wait do not come back in step.
 */
export function growingPauseMs(
	failures: number,
	{ firstMs, longestMs }: PauseLimits,
	random?: () => number,
): number {
	const ms = Math.min(longestMs, firstMs * 2 ** (failures - 1));
	return random === undefined ? ms : Math.round(ms * (0.5 + random() / 2));
}
