/** Names in a list of features; SDKs send them with units, without, or alone (`csm.md §2.2`). */
export function featureNames(list: readonly unknown[] | null): Set<string> {
	const names = (list ?? []).map((entry): unknown => (Array.isArray(entry) ? entry[0] : entry));
	return new Set(names.filter((name) => typeof name === "string"));
}
