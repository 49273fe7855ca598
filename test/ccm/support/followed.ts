import type { ProjectDocument, ProjectParts } from "../../../src/contract/mod.ts";

/** A document after what pages are told of changes: all a page has to do to follow them. */
export function followed(
	{ blocks, joins, ...head }: ProjectDocument,
	parts: ProjectParts,
): ProjectDocument {
	return {
		...head,
		...parts.head,
		blocks: ordered(blocks, parts.blocks, parts.block_ids, ({ do_id }) => do_id),
		joins: ordered(joins, parts.joins, parts.na_ids, ({ na_id }) => na_id),
	};
}

function ordered<T>(
	before: readonly T[],
	changed: readonly T[] = [],
	order: readonly number[] | undefined,
	idOf: (item: T) => number,
): T[] {
	const all = new Map([...before, ...changed].map((item) => [idOf(item), item]));
	return (order ?? before.map(idOf)).flatMap((id) => all.get(id) ?? []);
}
