import type { ProjectDocument, ProjectParts } from "../../contract/mod.ts";

/** What of a document differs from the one before; the revision is not among it. */
export function partsOf(before: ProjectDocument, after: ProjectDocument): ProjectParts {
	const { p_name, status, sim } = after;
	const isHeadNew = p_name !== before.p_name || status !== before.status || sim !== before.sim;
	const blocks = changedIn(before.blocks, after.blocks, ({ do_id }) => do_id);
	const joins = changedIn(before.joins, after.joins, ({ na_id }) => na_id);
	return {
		...(isHeadNew && { head: { p_name, status, sim } }),
		...(blocks.items.length > 0 && { blocks: blocks.items }),
		...(blocks.ids && { block_ids: blocks.ids }),
		...(joins.items.length > 0 && { joins: joins.items }),
		...(joins.ids && { na_ids: joins.ids }),
	};
}

/** Items that are new or changed, and the ids of all where their order is another one. */
function changedIn<T>(before: readonly T[], after: readonly T[], idOf: (item: T) => number) {
	if (before === after) return { items: [], ids: undefined };
	const known = new Map(before.map((item) => [idOf(item), item]));
	const items = after.filter((item) => {
		const former = known.get(idOf(item));
		return former !== item && !Bun.deepEquals(former, item);
	});
	const ids = after.map(idOf);
	return { items, ids: Bun.deepEquals(before.map(idOf), ids) ? undefined : ids };
}
