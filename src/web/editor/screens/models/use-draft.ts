import { useEffect, useState } from "preact/hooks";

const PREFIX = "iottalk-draft:";
/** Longer ones are not kept over a reload. */
const MAX_LENGTH = 200_000;

export interface Draft<T> {
	readonly value: T;
	/** Whether it differs from what is saved. */
	readonly isChanged: boolean;
	readonly set: (value: T) => void;
	/** Back to what is saved. */
	readonly reset: () => void;
}

/**
 * What is typed and not saved yet: it outlives a reload and a look at another screen, in this tab.
 * @param name Tells it from other drafts; a component shows one only (`key`).
 * @param saved What it began as.
 */
export function useDraft<T>(name: string, saved: T): Draft<T> {
	const [kept, setKept] = useState<T | undefined>(() => readDraft<T>(name));
	const original = JSON.stringify(saved);
	const text = kept === undefined ? original : JSON.stringify(kept);
	const isChanged = text !== original;
	// What is saved may have become the same.
	useEffect(() => {
		keepDraft(name, isChanged ? text : undefined);
	}, [name, isChanged, text]);
	return {
		value: kept ?? saved,
		isChanged,
		set: (value) => {
			// At once: the page may be gone before it is drawn again.
			const changed = JSON.stringify(value);
			keepDraft(name, changed === original ? undefined : changed);
			setKept(value);
		},
		reset: () => {
			// The component may be gone before its effects are.
			keepDraft(name, undefined);
			setKept(undefined);
		},
	};
}

function readDraft<T>(name: string): T | undefined {
	try {
		const text = sessionStorage.getItem(PREFIX + name);
		return text === null ? undefined : JSON.parse(text);
	} catch {
		return undefined;
	}
}

function keepDraft(name: string, text: string | undefined): void {
	try {
		if (text === undefined || text.length > MAX_LENGTH) sessionStorage.removeItem(PREFIX + name);
		else sessionStorage.setItem(PREFIX + name, text);
	} catch {
		// The browser lets pages store nothing, or no more.
	}
}
