import type { ComponentChildren } from "preact";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { texts } from "../../texts/texts.ts";
import type { Loaded } from "../use-loaded.ts";

export interface ListedProps<T> {
	readonly list: Loaded<unknown>;
	/** Undefined: not known yet. */
	readonly all: readonly T[] | undefined;
	/** Those that are searched for. */
	readonly isFound: (row: T) => boolean;
	/** Where there is nothing at all. */
	readonly empty: ComponentChildren;
	readonly children: (rows: readonly T[]) => ComponentChildren;
}

/** Rows of a list, or why there are none. */
export function Listed<T>({ list, all, isFound, empty, children }: ListedProps<T>) {
	const { allProjects, shell } = texts.value;
	const { reason, status, reload } = list;
	if (all === undefined) {
		if (reason === undefined) return <Spinner />;
		return <Failed reason={status === 0 ? shell.unreachableNow : reason} onRetry={reload} />;
	}
	if (all.length === 0) return <>{empty}</>;
	const rows = all.filter(isFound);
	if (rows.length === 0) return <EmptyState icon="search" title={allProjects.noneFound} />;
	return <>{children(rows)}</>;
}
