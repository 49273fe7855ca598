/** Columns of a terminal a text takes: a Chinese character takes two. */
export function widthOf(text: string): number {
	return Bun.stringWidth(text);
}

/** A text with blanks behind it, up to a width in columns. */
export function padded(text: string, width: number): string {
	return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

const CHARACTERS = new Intl.Segmenter();

/** A text that is at most so many columns wide; `…` stands for what was cut off. */
export function cut(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	let kept = "";
	for (const { segment } of CHARACTERS.segment(text)) {
		if (widthOf(kept + segment) > width - 1) break;
		kept += segment;
	}
	return `${kept}…`;
}
