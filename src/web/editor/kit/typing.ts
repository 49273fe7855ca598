/** What it takes to tell whether a key is part of composing a character. */
export interface KeyPress {
	readonly isComposing: boolean;
	readonly keyCode: number;
}

/**
 * Whether a key press belongs to an input method, such as Enter that accepts 注音: it then neither saves nor connects.
 * Safari sends 229 after the composition has ended.
 */
export function isTyping({ isComposing, keyCode }: KeyPress): boolean {
	return isComposing || keyCode === 229;
}

/** Whether a key press writes something where it is: single letters are then no commands. */
export function isInText({ target }: Pick<KeyboardEvent, "target">): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return (
		target.isContentEditable ||
		target.shadowRoot !== null ||
		/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
	);
}
