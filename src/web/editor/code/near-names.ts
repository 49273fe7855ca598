import leven from "leven";

const MOST = 3;

/** Names that may have been meant, the likeliest first: at most a third of their characters differ. */
export function nearNames(name: string, known: Iterable<string>): string[] {
	const most = Math.max(1, Math.floor(name.length / 3));
	const found: { readonly name: string; readonly distance: number }[] = [];
	for (const one of new Set(known)) {
		if (one === name || one === "" || Math.abs(one.length - name.length) > most) continue;
		// Another case is the smallest mistake.
		const isSame = one.toLowerCase() === name.toLowerCase();
		const distance = isSame ? 0 : isSwapped(one, name) ? 1 : leven(one, name);
		// One letter for another is not a likeness: that would be any.
		if (distance <= most && (isSame || distance < name.length)) found.push({ name: one, distance });
	}
	found.sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1));
	return found.slice(0, MOST).map((one) => one.name);
}

/** Whether two letters changed places, which counts as one mistake. */
function isSwapped(one: string, other: string): boolean {
	const sorted = (text: string) => [...text].sort().join("");
	return leven(one, other) === 2 && sorted(one) === sorted(other);
}

/** Names of a source, but for Python's words. */
export function namesIn(source: string): Set<string> {
	const names = new Set(source.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
	for (const word of KEYWORDS) names.delete(word);
	return names;
}

const KEYWORDS =
	"False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
		" ",
	);
