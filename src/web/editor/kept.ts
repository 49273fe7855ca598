/** What the browser keeps of a choice; null: nothing, or it keeps nothing. */
export function keptChoice(name: string): string | null {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

/** Keeps a choice for the next visit; some browsers keep a page from storing anything, and it holds for this visit then. */
export function keepChoice(name: string, value: string): void {
	try {
		localStorage.setItem(name, value);
	} catch {}
}
