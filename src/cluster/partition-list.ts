import { PROJECTS, ROUTER } from "./partition-of.ts";

const NAMES: ReadonlyMap<number, string> = new Map([
	[PROJECTS, "projects"],
	[ROUTER, "router"],
]);

/** Partitions in a line of the log, such as `router 0-3 7`. @param partitions Their numbers, in any order. */
export function partitionList(partitions: readonly number[]): string {
	const words: string[] = [];
	let first: number | undefined;
	const sorted = partitions.toSorted((a, b) => a - b);
	for (const [index, id] of sorted.entries()) {
		const name = NAMES.get(id);
		if (name !== undefined) {
			words.push(name);
			continue;
		}
		first ??= id;
		if (sorted[index + 1] === id + 1) continue;
		words.push(first === id ? String(id) : `${first}-${id}`);
		first = undefined;
	}
	return words.join(" ");
}
