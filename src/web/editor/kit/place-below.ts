const GAP = 4;

/** Puts a popover below what opened it, or above where there is more room, inside the window. */
export function placeBelow(popover: HTMLElement, opener: HTMLElement): void {
	const anchor = opener.getBoundingClientRect();
	const { width, height } = popover.getBoundingClientRect();
	const { clientWidth, clientHeight } = document.documentElement;
	const left = anchor.left + width <= clientWidth - GAP ? anchor.left : anchor.right - width;
	const isBelow = anchor.bottom + height <= clientHeight - GAP || anchor.top < clientHeight / 2;
	const top = isBelow ? anchor.bottom + GAP : Math.max(GAP, anchor.top - height - GAP);
	popover.style.left = `${Math.max(GAP, Math.min(left, clientWidth - width - GAP))}px`;
	popover.style.top = `${top}px`;
	popover.style.maxHeight = `${isBelow ? clientHeight - top - GAP : anchor.top - 2 * GAP}px`;
}
