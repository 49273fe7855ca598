import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SHEET_BELOW } from "./sheet.ts";
import type { Sheet } from "./use-sheet.ts";

export interface PanelFocus {
	readonly heading: RefObject<HTMLHeadingElement | null>;
	/** Gives the focus back to where it came from. */
	readonly leave: () => void;
	readonly onKeyDown: (event: KeyboardEvent) => void;
	readonly onFocusIn: (event: FocusEvent) => void;
}

/** F6 goes to the panel and back. Esc folds the sheet, or closes the panel, and goes back. */
export function usePanelFocus(
	frame: RefObject<HTMLElement | null>,
	{ size, setSize }: Sheet,
	onClose: (() => void) | undefined,
): PanelFocus {
	const heading = useRef<HTMLHeadingElement>(null);
	const cameFrom = useRef<HTMLElement | undefined>(undefined);
	const isInside = (target: EventTarget | null) =>
		target instanceof Node && frame.current?.contains(target) === true;
	const leave = () => {
		if (cameFrom.current?.isConnected === true) cameFrom.current.focus();
		cameFrom.current = undefined;
	};
	const toggle = useRef(() => {});
	toggle.current = () => {
		if (isInside(document.activeElement)) return leave();
		if (size === "folded") setSize("half");
		heading.current?.focus();
	};
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== "F6" || document.querySelector("dialog:modal") !== null) return;
			event.preventDefault();
			toggle.current();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);
	return {
		heading,
		leave,
		onKeyDown: (event) => {
			if (event.key !== "Escape" || event.defaultPrevented) return;
			// An open menu has it first.
			if (event.target instanceof Element && event.target.closest("[popover]") !== null) return;
			event.preventDefault();
			event.stopPropagation();
			if (window.innerWidth < SHEET_BELOW && size !== "folded") setSize("folded");
			else onClose?.();
			leave();
		},
		onFocusIn: ({ relatedTarget }) => {
			if (relatedTarget instanceof HTMLElement && !isInside(relatedTarget)) {
				cameFrom.current = relatedTarget;
			}
		},
	};
}
