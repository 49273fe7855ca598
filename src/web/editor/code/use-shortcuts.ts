import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isTyping } from "../kit/typing.ts";

/** What Ctrl (or ⌘) with these keys does anywhere in a part of the page. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Hears shortcuts in an element, and keeps the page and the browser from hearing them. */
export function useShortcuts(element: RefObject<HTMLElement | null>, shortcuts: Shortcuts): void {
	const newest = useRef(shortcuts);
	newest.current = shortcuts;
	useEffect(() => {
		const target = element.current;
		const hear = (event: KeyboardEvent) => {
			const run = newest.current[event.key];
			if (run === undefined || !(event.ctrlKey || event.metaKey) || isTyping(event)) return;
			event.preventDefault();
			event.stopPropagation();
			run();
		};
		target?.addEventListener("keydown", hear);
		return () => target?.removeEventListener("keydown", hear);
	}, [element]);
}
