import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadTexts } from "../texts/texts.ts";

type Explain = (reason: string) => { readonly what: string; readonly hint?: string | undefined };

/** Once they are loaded; an error that is shown again is explained at once. */
const loaded = signal<Explain | undefined>(undefined);

/**
 * Explains Python's errors in the reader's language; the explanations are loaded with the first error, and until then,
 * or where they cannot be loaded, there are Python's own words only.
 */
export function useExplained(isNeeded: boolean): Explain | undefined {
	useEffect(() => {
		if (!isNeeded || loaded.value !== undefined) return;
		Promise.all([import("../code/problem-texts.ts"), loadTexts("code")]).then(
			([{ explainError }]) => {
				loaded.value = (reason) => explainError(reason, "exception", {});
			},
			() => {},
		);
	}, [isNeeded]);
	return loaded.value;
}
