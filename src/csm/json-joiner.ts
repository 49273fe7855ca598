/** What a shell's `echo` makes of a backslash and the letter behind it. */
const ESCAPES: Readonly<Record<string, string>> = {
	"\u0007": "\\u0007",
	"\b": "\\b",
	"\t": "\\t",
	"\n": "\\n",
	"\u000b": "\\u000b",
	"\f": "\\f",
	"\r": "\\r",
};

/**
 * Puts the JSON of an object together from lines, piece by piece. Where a line ends inside of a text the two
 * characters `\n` are put back, which a shell had turned into that end; likewise tabs and the like.
 */
export class JsonJoiner {
	readonly #pieces: string[] = [];
	#depth = 0;
	#inText = false;
	#afterBackslash = false;
	/** Characters so far. */
	length = 0;

	/** Whether the object has ended, well or not. */
	get isWhole(): boolean {
		return this.#depth <= 0 && !this.#inText;
	}

	get pieces(): number {
		return this.#pieces.length;
	}

	/** All of it. */
	get text(): string {
		return this.#pieces.join("");
	}

	/** Takes the next line. */
	add(line: string): void {
		let piece = this.#pieces.length === 0 ? "" : this.#inText ? "\\n" : "\n";
		// Of two backslashes at the end of a line echo leaves one.
		if (this.#afterBackslash) piece = `\\${piece}`;
		this.#afterBackslash = false;
		for (const char of line) piece += this.#read(char);
		this.length += piece.length;
		this.#pieces.push(piece);
	}

	#read(char: string): string {
		if (!this.#inText) {
			if (char === '"') this.#inText = true;
			else if (char === "{" || char === "[") this.#depth += 1;
			else if (char === "}" || char === "]") this.#depth -= 1;
			return char;
		}
		if (this.#afterBackslash) this.#afterBackslash = false;
		else if (char === "\\") this.#afterBackslash = true;
		else if (char === '"') this.#inText = false;
		return ESCAPES[char] ?? char;
	}
}
