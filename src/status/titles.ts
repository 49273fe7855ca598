const MAX_TITLE = 80;
/** Sources never change, so a title that was read once is right for ever; those of removed functions go at some time. */
const MAX_KNOWN = 10_000;

/** The first line of each function's source, which says more to people than its digest. */
export class Titles {
	readonly #code: (digest: string) => string | undefined;
	readonly #known = new Map<string, string>();

	/** @param code Source of a stored function. */
	constructor(code: (digest: string) => string | undefined) {
		this.#code = code;
	}

	/**
	 * The first line that is neither blank nor an import, cut; with a mere head what follows it. Null when the source is
	 * gone or says nothing.
	 */
	of(digest: string): string | null {
		const known = this.#known.get(digest);
		if (known !== undefined) return known;
		const title = titleOf(this.#code(digest) ?? "");
		if (title === undefined) return null;
		if (this.#known.size >= MAX_KNOWN) this.#known.clear();
		this.#known.set(digest, title);
		return title;
	}
}

function titleOf(code: string): string | undefined {
	const lines = code
		.split("\n")
		.map((text) => text.trim())
		.filter((text) => text !== "");
	const start = Math.max(
		0,
		lines.findIndex((text) => !/^(import|from)\s/.test(text)),
	);
	const [first, second] = lines.slice(start);
	if (first === undefined) return undefined;
	const line = first.endsWith(":") && second !== undefined ? `${first} ${second}` : first;
	return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE)} …` : line;
}
