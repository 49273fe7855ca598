import type { Block, Join } from "../../contract/mod.ts";

/** The graphs of one join, and which device each of them links for a block. */
export interface Membership {
	/** Id of the graph at CSM. */
	readonly graph: string;
	/** The device that stands for a block; undefined: none is bound. */
	device(block: Block): string | undefined;
}

/**
 * One graph for each join, named by its id (`ccm-gui.md §6`), with the first device of each block. Here is the place
 * where a crowd's join will give a graph for each member, or one graph with a slot for each.
 */
export function membershipsOf(join: Join): Membership[] {
	return [
		{
			graph: String(join.na_id),
			device: ({ bindings }) =>
				bindings
					.toSorted((a, b) => a.seat - b.seat)
					.at(0)
					?.mac_addr.toLowerCase(),
		},
	];
}
