import { IconButton } from "../kit/button.tsx";
import { Field } from "../kit/fields.tsx";
import { texts } from "../texts/texts.ts";
import { countOf, type Family, withCount } from "./families.ts";
import { readNumber } from "./number-input.ts";
import { useDraft } from "./use-draft.ts";

interface FamilyCountProps {
	readonly family: Family;
	readonly chosen: ReadonlySet<number>;
	readonly choose: (next: ReadonlySet<number>) => Promise<void>;
}

/** How many features of a family take part. */
export function FamilyCount({ family, chosen, choose }: FamilyCountProps) {
	const words = texts.value.panel.block;
	const most = family.members.length;
	const count = countOf(family, chosen);
	const set = (next: number) => choose(withCount(family, chosen, next));
	const { text, ...draft } = useDraft({
		shown: String(count),
		read: (typed) => {
			const result = readNumber(typed, { integer: true });
			if (result.ok && result.value >= 0 && result.value <= most) return result;
			return { ok: false, problem: words.countProblem(most) };
		},
		commit: async (next) => {
			await set(next);
			return undefined;
		},
	});
	return (
		<div class="panel-count">
			<Field label={words.count(family.name, most)} value={text} inputMode="numeric" {...draft} />
			<IconButton
				icon="minus"
				label={words.fewer(family.name)}
				disabled={count === 0}
				onClick={() => void set(count - 1)}
			/>
			<IconButton
				icon="add"
				label={words.more(family.name)}
				disabled={count === most}
				onClick={() => void set(count + 1)}
			/>
		</div>
	);
}
