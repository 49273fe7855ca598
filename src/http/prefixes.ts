/** Prefixes as they are looked for: the longest first, and no empty one. */
export function longestFirst(prefixes: Iterable<string>): string[] {
	return [...prefixes].filter((prefix) => prefix !== "").sort((a, b) => b.length - a.length);
}

/**
 * The prefix a URL's path begins with; empty where it has none.
 * @param url Whole, such as `http://localhost/csm/health?a=b`.
 * @param prefixes As {@link longestFirst} has them.
 */
export function prefixOf(url: string, prefixes: readonly string[]): string {
	const pathAt = url.indexOf("/", "https://".length);
	const found = prefixes.find((prefix) => {
		if (!url.startsWith(prefix, pathAt)) return false;
		const behind = url[pathAt + prefix.length];
		return behind === undefined || behind === "/" || behind === "?";
	});
	return found ?? "";
}
