import type { Feature } from "../features.ts";

/** What was written, as values; undefined: something is neither text nor JSON. */
export function valuesOf(
	written: readonly string[],
	{ params }: Pick<Feature, "params">,
): unknown[] | undefined {
	try {
		return written.map((text, index) =>
			params[index]?.type === "string" ? text : (JSON.parse(text) as unknown),
		);
	} catch {
		return undefined;
	}
}
