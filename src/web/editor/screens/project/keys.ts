/** What a key does anywhere in the project. */
export type KeyCommand = "find" | "run" | "undo" | "redo" | "help" | "remove" | "edit" | "escape";

/** A key press, as far as it counts. */
export interface Press {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly shiftKey: boolean;
	readonly altKey: boolean;
}

const PLAIN: Readonly<Record<string, KeyCommand>> = {
	"/": "find",
	"?": "help",
	p: "run",
	e: "edit",
	Delete: "remove",
	Escape: "escape",
};

/**
 * What a key press asks for.
 * @param isInText Whether it writes something where it is: a field has its own undo, and letters are letters.
 */
export function keyCommand(press: Press, isInText: boolean): KeyCommand | undefined {
	const { key, shiftKey, altKey } = press;
	if (altKey) return undefined;
	const name = key.length === 1 ? key.toLowerCase() : key;
	if (press.ctrlKey || press.metaKey) {
		if (name === "k" && !shiftKey) return "find";
		if (isInText) return undefined;
		if (name === "z") return shiftKey ? "redo" : "undo";
		return name === "y" && !shiftKey ? "redo" : undefined;
	}
	return isInText ? undefined : PLAIN[name];
}
