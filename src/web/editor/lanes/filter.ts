import type { Block, Join, ProjectDocument } from "../../../contract/mod.ts";

/** What is shown; everything else is left out. */
export interface Shown {
	readonly doIds: ReadonlySet<number>;
	readonly naIds: ReadonlySet<number>;
}

type Graph = Pick<ProjectDocument, "blocks" | "joins">;

/** What "only what links to this" starts from. */
export type Seed =
	| { readonly kind: "block"; readonly id: number }
	| { readonly kind: "join"; readonly id: number };

/** A seed, its joins, and what is at their other ends. */
export function linkedTo(graph: Graph, seed: Seed): Shown {
	const isSeed = (kind: Seed["kind"], id: number) => seed.kind === kind && seed.id === id;
	return around(
		graph,
		graph.blocks.filter(({ do_id }) => isSeed("block", do_id)),
		graph.joins.filter(({ na_id }) => isSeed("join", na_id)),
	);
}

/**
 * What has all words of a text in its names, with its joins and what is at their other ends. @param deviceNames Of the
 * devices that are bound to a block.
 */
export function matching(
	graph: Graph,
	text: string,
	deviceNames: (block: Block) => readonly string[],
): Shown {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const matches = (...names: readonly string[]) => {
		const all = names.join("\n").toLowerCase();
		return words.every((word) => all.includes(word));
	};
	const blocks = graph.blocks.filter((block) =>
		matches(
			block.dm_name,
			...deviceNames(block),
			...block.ports.flatMap(({ alias_name, df_name }) => [alias_name, df_name]),
		),
	);
	const joins = graph.joins.filter(({ na_name }) => matches(na_name));
	return around(graph, blocks, joins);
}

/** Blocks with their joins, joins with their blocks, and the other ends of the blocks' joins. */
function around(graph: Graph, blocks: readonly Block[], joins: readonly Join[]): Shown {
	const ports = new Set(blocks.flatMap((block) => block.ports.map(({ dfo_id }) => dfo_id)));
	const all = graph.joins.filter(
		(join) => joins.includes(join) || join.links.some(({ dfo_id }) => ports.has(dfo_id)),
	);
	const ends = new Set(all.flatMap(({ links }) => links.map(({ dfo_id }) => dfo_id)));
	const linked = graph.blocks.filter(
		(block) => blocks.includes(block) || block.ports.some(({ dfo_id }) => ends.has(dfo_id)),
	);
	return {
		doIds: new Set(linked.map(({ do_id }) => do_id)),
		naIds: new Set(all.map(({ na_id }) => na_id)),
	};
}
