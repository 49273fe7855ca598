import type { ProjectDocument } from "../../../../contract/mod.ts";
import type { Selection } from "../../routes.ts";

/** Results that are shown at once. */
export const MAX_FOUND = 50;

/** Something that can be found. */
export interface Entry {
	readonly text: string;
	/** Also looked through, shown smaller: where it is. */
	readonly where?: string;
}

export interface PartEntry extends Entry {
	readonly selection: Selection;
}

/** Blocks, joins and ports of a project. @param deviceNames Of the devices bound to a block. */
export function partsOf(
	{ blocks, joins }: Pick<ProjectDocument, "blocks" | "joins">,
	deviceNames: (block: ProjectDocument["blocks"][number]) => readonly string[],
): PartEntry[] {
	return [
		...blocks.map((block) => {
			const { do_id: id, dm_name: text } = block;
			const where = deviceNames(block).filter(Boolean).join(", ");
			return { text, ...(where !== "" && { where }), selection: { kind: "block" as const, id } };
		}),
		...joins.map(({ na_id: id, na_name: text }) => ({
			text,
			selection: { kind: "join" as const, id },
		})),
		...blocks.flatMap(({ dm_name, ports }) =>
			ports.map(({ dfo_id: id, alias_name: text }) => ({
				...{ text, where: dm_name },
				selection: { kind: "port" as const, id },
			})),
		),
	];
}

/**
 * Those that have all words of a text, the best first: its beginning before beginnings of words before the middle of
 * words; ties stay in order. An empty text finds all.
 */
export function found<T extends Entry>(entries: readonly T[], text: string): T[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	return entries
		.flatMap((entry) => {
			const title = entry.text.toLowerCase();
			const all = `${title}\n${entry.where?.toLowerCase() ?? ""}`;
			if (!words.every((word) => all.includes(word))) return [];
			return [{ entry, rank: rankOf(title, words[0] ?? "") }];
		})
		.sort((a, b) => a.rank - b.rank)
		.slice(0, MAX_FOUND)
		.map(({ entry }) => entry);
}

function rankOf(title: string, word: string): number {
	const at = title.indexOf(word);
	if (at < 0) return 3;
	if (at === 0) return 0;
	return /[\p{L}\p{N}]/u.test(title[at - 1] ?? "") ? 2 : 1;
}
