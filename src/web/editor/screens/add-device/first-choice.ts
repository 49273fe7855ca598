import type { Choice } from "../../panel/families.ts";

/** More features than that are not all chosen at first. */
const FEW = 8;

/**
 * What is chosen at first: those the device has, where it is known; else all of few; nothing where a number is picked.
 * @param has Names of the device's features.
 */
export function firstChoice(
	features: readonly Choice[],
	isPlural: boolean,
	has: ReadonlySet<string> | undefined,
): ReadonlySet<number> {
	const known = features.filter(({ df_name }) => has?.has(df_name) === true);
	const few = isPlural || features.length > FEW ? [] : features;
	return new Set((known.length > 0 ? known : few).map(({ df_id }) => df_id));
}
