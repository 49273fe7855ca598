/** What choosing features needs of one. */
export interface Choosable {
	readonly df_id: number;
	readonly df_name: string;
	readonly df_type: "input" | "output";
}

/** Features that differ only in their number, such as `Button-I1` … `Button-I9`. */
export interface Family<T extends Choosable> {
	/** Without the number: `Button-I`. */
	readonly name: string;
	/** By number. */
	readonly members: readonly T[];
}

const NUMBERED = /^(.*-[IO])(\d+)$/;

/**
 * Features of a model whose user picks a number of each kind (`ccm-gui.md §8`, `plural`): kinds of more than one, and
 * the rest.
 */
export function familiesOf<T extends Choosable>(
	features: readonly T[],
): { readonly families: readonly Family<T>[]; readonly singles: readonly T[] } {
	const groups = new Map<string, { readonly feature: T; readonly number: number }[]>();
	for (const feature of features) {
		const [, name = feature.df_name, number = "0"] = NUMBERED.exec(feature.df_name) ?? [];
		groups.set(name, [...(groups.get(name) ?? []), { feature, number: Number(number) }]);
	}
	const families: Family<T>[] = [];
	const singles: T[] = [];
	for (const [name, group] of groups) {
		const members = group.sort((a, b) => a.number - b.number).map(({ feature }) => feature);
		if (members.length > 1) families.push({ name, members });
		else singles.push(...members);
	}
	return { families, singles };
}

/** How many of a family are chosen: up to the last one that is. */
export function countIn({ members }: Family<Choosable>, chosen: ReadonlySet<number>): number {
	return members.filter(({ df_id }) => chosen.has(df_id)).length;
}

/** The choice with the first `count` of a family. */
export function withCount(
	{ members }: Family<Choosable>,
	chosen: ReadonlySet<number>,
	count: number,
): ReadonlySet<number> {
	const next = new Set(chosen);
	for (const [index, { df_id }] of members.entries()) {
		if (index < count) next.add(df_id);
		else next.delete(df_id);
	}
	return next;
}

/** More features than that are not all chosen at first. */
const FEW = 8;

/**
 * What is chosen at first: those the device has, where it is known; else all of few; nothing where a number is picked.
 * @param has Names of the device's features.
 */
export function firstChoice(
	features: readonly Choosable[],
	isPlural: boolean,
	has: ReadonlySet<string> | undefined,
): ReadonlySet<number> {
	const known = features.filter(({ df_name }) => has?.has(df_name) === true);
	const few = isPlural || features.length > FEW ? [] : features;
	return new Set((known.length > 0 ? known : few).map(({ df_id }) => df_id));
}
