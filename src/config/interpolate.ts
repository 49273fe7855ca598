/** Looks up the raw text of a key, its default included; undefined when there is none. */
export type LookUp = (section: string, key: string) => string | undefined;

/** Where a value stands, and what may stand in it. */
export interface Context {
	readonly section: string;
	readonly lookUp: LookUp;
	/** Directory `$HOME` stands for; undefined where a dollar is just a dollar. */
	readonly home: string | undefined;
}

const REFERENCE = /\$\$|\$\{(?:([^:}]*):)?([^}]*)\}|\$([A-Za-z_]\w*)/g;

/**
 * Replaces `${section:key}` and `${key}` (same section) in a value; `$$` is a plain `$` (`csm.md §9`). In a path
 * `$HOME` and `${HOME}` stand for the home directory.
 * @returns the text, or what is wrong with it in words that fit behind "value".
 */
export function interpolate(
	value: string,
	context: Context,
	visiting: readonly string[] = [],
): { text: string } | { problem: string } {
	const { section, lookUp, home } = context;
	let problem: string | undefined;
	const refuse = (text: string) => {
		problem ??= text;
		return "";
	};
	const text = value.replace(
		REFERENCE,
		(whole, otherSection: string | undefined, key: string | undefined, variable?: string) => {
			if (whole === "$$") return "$";
			if (key === undefined) {
				if (home === undefined) return whole;
				if (variable === "HOME") return home;
				return refuse(`contains ${whole}, but only $HOME is supported ($$ is a literal $)`);
			}
			const from = otherSection ?? section;
			// Keys are read in any case.
			const name = `${from}:${key.toLowerCase()}`;
			if (visiting.includes(name)) return refuse(`refers to itself through ${whole}`);
			const raw = lookUp(from, key.toLowerCase());
			if (raw === undefined) {
				if (whole === "${HOME}" && home !== undefined) return home;
				return refuse(`refers to ${whole}, which is not set`);
			}
			const inner = interpolate(raw, { ...context, section: from }, [...visiting, name]);
			return "problem" in inner ? refuse(inner.problem) : inner.text;
		},
	);
	return problem === undefined ? { text } : { problem };
}
