/** A feature of a model, as far as it is chosen by. */
export interface Choice {
	readonly df_id: number;
	readonly df_name: string;
	readonly df_type: "input" | "output";
}

/** Features whose names differ only in a number, in its order: `Button-I1`, `Button-I2` … */
export interface Family<C extends Choice = Choice> {
	/** What the names begin with, such as `Button-I`. */
	readonly name: string;
	readonly df_type: "input" | "output";
	readonly members: readonly C[];
}

const NUMBERED = /^(.*-[IO])(\d+)$/;

/**
 * Sorts the features of a `plural` model into families of at least two members, chosen by number, and single ones
 * (`ccm-gui.md §8`).
 */
export function familiesOf<C extends Choice>(
	features: readonly C[],
): {
	readonly families: readonly Family<C>[];
	readonly singles: readonly C[];
} {
	const found = new Map<string, { number: number; choice: C }[]>();
	for (const choice of features) {
		const [, name = "", number] = NUMBERED.exec(choice.df_name) ?? [];
		if (number === undefined) continue;
		const key = `${choice.df_type} ${name}`;
		found.set(key, [...(found.get(key) ?? []), { number: Number(number), choice }]);
	}
	const families = [...found.values()]
		.filter((members) => members.length > 1)
		.map((members): Family<C> => {
			const sorted = members.toSorted((a, b) => a.number - b.number).map(({ choice }) => choice);
			const [first = { df_name: "", df_type: "input" }] = sorted;
			const [, name = ""] = NUMBERED.exec(first.df_name) ?? [];
			return { name, df_type: first.df_type, members: sorted };
		});
	const grouped = new Set(families.flatMap(({ members }) => members.map(({ df_id }) => df_id)));
	return { families, singles: features.filter(({ df_id }) => !grouped.has(df_id)) };
}

/** How many members of a family are chosen; they need not be the first ones, since a script may choose others. */
export function countOf({ members }: Family, chosen: ReadonlySet<number>): number {
	return members.filter(({ df_id }) => chosen.has(df_id)).length;
}

/**
 * The choice with so many members of a family. More of them come in order, those that are taken away are the last ones:
 * what is linked to the others stays.
 */
export function withCount(
	{ members }: Family,
	chosen: ReadonlySet<number>,
	count: number,
): ReadonlySet<number> {
	const next = new Set(chosen);
	let missing = count - members.filter(({ df_id }) => chosen.has(df_id)).length;
	for (const { df_id } of members) {
		if (missing <= 0) break;
		if (next.has(df_id)) continue;
		next.add(df_id);
		missing -= 1;
	}
	for (const { df_id } of members.toReversed()) {
		if (missing >= 0) break;
		if (next.delete(df_id)) missing += 1;
	}
	return next;
}

/** Ids of the chosen features in the order of the model, as `set_features` takes them. */
export function idsOf(features: readonly Choice[], chosen: ReadonlySet<number>): number[] {
	return features.map(({ df_id }) => df_id).filter((id) => chosen.has(id));
}
