/**
 * What a terminal acts on instead of showing it: C0 and C1 controls with DEL, which move the cursor,
 * rename the window or make it answer as if something were typed; controls of writing direction, which show
 * text in another order than it has; separators of lines and paragraphs; halves of characters.
 */
const ACTIVE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escaped = (character: string) =>
	SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Text from outside as one line that a terminal only shows: active characters as `\n` or `\u009b`. */
export function visible(text: string): string {
	return text.replace(ACTIVE, escaped);
}

/**
 * The same for text whose lines and columns are meant: line feeds and tabs stay. JSON stays JSON, and
 * the same value.
 * @param kept Further characters that are the program's own, such as those of its colours.
 */
export function visibleLines(text: string, kept = ""): string {
	return text.replace(ACTIVE, (character) =>
		character === "\n" || character === "\t" || kept.includes(character)
			? character
			: escaped(character),
	);
}
