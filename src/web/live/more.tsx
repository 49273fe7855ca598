import { useState } from "preact/hooks";

/** Entries of a list that are shown at first. */
const AT_FIRST = 20;

export interface MoreState {
	readonly shown: number;
	readonly all: number;
	readonly onAll: () => void;
}

/** How much of a list is shown. @param all Entries there are. */
export function useMore(all: number): MoreState {
	const [isWhole, setWhole] = useState(false);
	return { shown: isWhole ? all : Math.min(all, AT_FIRST), all, onAll: () => setWhole(true) };
}

/** The button behind a list that is not shown whole. */
export function More({ shown, all, onAll, what }: MoreState & { readonly what: string }) {
	if (shown >= all) return null;
	return (
		<button type="button" class="more" onClick={onAll}>
			Show all {all} {what}
		</button>
	);
}
