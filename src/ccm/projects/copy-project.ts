import type { Block, Join, ProjectDocument } from "../../contract/mod.ts";
import type { IdKind } from "../store/port.ts";

/** Blocks and joins of a project once more, with ids of their own; devices stay bound to the first ones alone. */
export function copyParts(
	{ blocks, joins }: ProjectDocument,
	newId: (kind: IdKind) => number,
): { blocks: Block[]; joins: Join[] } {
	const ports = new Map<number, number>();
	const portOf = (dfoId: number): number => {
		const known = ports.get(dfoId) ?? newId("dfo");
		ports.set(dfoId, known);
		return known;
	};
	return {
		blocks: blocks.map((block) => ({
			...block,
			do_id: newId("do"),
			bindings: [],
			ports: block.ports.map((port) => ({ ...port, dfo_id: portOf(port.dfo_id) })),
		})),
		joins: joins.map((join) => ({
			...join,
			na_id: newId("na"),
			links: join.links.map((link) => ({ ...link, dfo_id: portOf(link.dfo_id) })),
		})),
	};
}
