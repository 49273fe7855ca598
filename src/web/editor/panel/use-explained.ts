import { useEffect, useState } from "preact/hooks";

type Explain = (reason: string) => { readonly what: string; readonly hint?: string | undefined };

/**
 * Explains Python's errors in the reader's language; the explanations are loaded with the first error, and until then,
 * or where they cannot be loaded, there are Python's own words only.
 */
export function useExplained(isNeeded: boolean): Explain | undefined {
	const [explain, setExplain] = useState<Explain>();
	useEffect(() => {
		if (!isNeeded) return;
		import("../code/problem-texts.ts").then(
			({ explainError }) =>
				setExplain(() => (reason: string) => explainError(reason, "exception", {})),
			() => {},
		);
	}, [isNeeded]);
	return explain;
}
