/** Looks up the raw text of a key, its default included; undefined when there is none. */
export type LookUp = (section: string, key: string) => string | undefined;

const REFERENCE = /\$\$|\$\{(?:([^:}]*):)?([^}]*)\}/g;

/**
 * Replaces `${section:key}` and `${key}` (same section) in a value; `$$` is a plain `$` (`csm.md §9`).
 * @returns the text, or what is wrong with it in words that fit behind "value".
 */
export function interpolate(
	value: string,
	section: string,
	lookUp: LookUp,
	visiting: readonly string[] = [],
): { text: string } | { problem: string } {
	let problem: string | undefined;
	const text = value.replace(REFERENCE, (whole, otherSection: string | undefined, key: string) => {
		if (whole === "$$") return "$";
		const from = otherSection ?? section;
		const name = `${from}:${key}`;
		if (visiting.includes(name)) {
			problem ??= `refers to itself through ${whole}`;
			return "";
		}
		const raw = lookUp(from, key);
		if (raw === undefined) {
			problem ??= `refers to ${whole}, which is not set`;
			return "";
		}
		const inner = interpolate(raw, from, lookUp, [...visiting, name]);
		if ("problem" in inner) {
			problem ??= inner.problem;
			return "";
		}
		return inner.text;
	});
	return problem === undefined ? { text } : { problem };
}
