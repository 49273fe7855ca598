const ROUTER = -1;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Such as `router, 0–3, 7`. @param partitions In order. */
export function rangesOf(partitions: readonly number[]): string {
	const ranges: [number, number][] = [];
	for (const id of partitions.filter((one) => one !== ROUTER)) {
		const last = ranges.at(-1);
		if (last !== undefined && last[1] === id - 1) last[1] = id;
		else ranges.push([id, id]);
	}
	return [
		...(partitions.includes(ROUTER) ? ["router"] : []),
		...ranges.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)),
	].join(", ");
}

/** A duration in one unit, such as `12 s`. */
export function ageOf(seconds: number): string {
	if (seconds < MINUTE) return `${Math.round(seconds)} s`;
	if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
	return seconds < DAY ? `${Math.floor(seconds / HOUR)} h` : `${Math.floor(seconds / DAY)} d`;
}
