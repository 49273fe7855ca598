import type { Block, Join, ProjectDocument } from "../../../contract/mod.ts";

/** What of a document is new after changes; the page holds no rules of its own. */
export interface DocumentParts {
	readonly head?: Partial<Pick<ProjectDocument, "p_name" | "status" | "sim">>;
	/** Changed or new. */
	readonly blocks?: readonly Block[];
	/** All of them in order, where some came, went or moved. */
	readonly block_ids?: readonly number[];
	readonly joins?: readonly Join[];
	readonly na_ids?: readonly number[];
}

/** The document after changes; parts that are the same stay the same objects. */
export function withParts(
	document: ProjectDocument,
	rev: number,
	{ head, blocks, block_ids, joins, na_ids }: DocumentParts,
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
