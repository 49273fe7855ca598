import type { ProjectDocument, ProjectParts } from "../../../contract/mod.ts";

/** The document after changes; parts that are the same stay the same objects. */
export function withParts(
	document: ProjectDocument,
	rev: number,
	{ head, blocks, block_ids, joins, na_ids }: ProjectParts,
): ProjectDocument {
	return {
		...document,
		...head,
		rev,
		blocks: merged(document.blocks, blocks, block_ids, ({ do_id }) => do_id),
		joins: merged(document.joins, joins, na_ids, ({ na_id }) => na_id),
	};
}

function merged<T>(
	before: T[],
	news: readonly T[] | undefined,
	order: readonly number[] | undefined,
	idOf: (one: T) => number,
): T[] {
	if (news === undefined && order === undefined) return before;
	const byId = new Map([...before, ...(news ?? [])].map((one) => [idOf(one), one]));
	const ids = order ?? before.map(idOf);
	return ids.flatMap((id) => byId.get(id) ?? []);
}
