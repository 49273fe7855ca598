/** What a device that asks from time to time says of itself. */
export interface PollQuery {
	/** Number of the last value it knows; -1: it did not say. */
	readonly after: number;
	readonly waitMs: number;
}

/** Below the silence after which HTTP connections are closed. */
const MAX_WAIT_SECONDS = 25;

/** Reads `?after=` and `?wait=`. @returns what is wrong with them, in words. */
export function readPollQuery(query: URLSearchParams): PollQuery | string {
	const [after, wait] = [numberOf(query.get("after")), numberOf(query.get("wait"))];
	if (after === undefined) return "after should be the number next of the last answer";
	if (wait === undefined || (wait ?? 0) > MAX_WAIT_SECONDS) {
		return `wait should be an integer (seconds) from 0 to ${MAX_WAIT_SECONDS}`;
	}
	return { after: after ?? -1, waitMs: (wait ?? 0) * 1000 };
}

/** @returns null: it is not there; undefined: it is not an integer. */
function numberOf(text: string | null): number | null | undefined {
	if (text === null || text === "") return null;
	return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
