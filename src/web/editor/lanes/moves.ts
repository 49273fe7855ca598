import type { Block, Change, FeatureType } from "../../../contract/mod.ts";
import { blocksOn } from "./model.ts";

/** Moves a block one place up or down in its lane; undefined: it is there already. */
export function movedBy(
	blocks: readonly Block[],
	doId: number,
	side: FeatureType,
	step: -1 | 1,
): Change | undefined {
	const lane = blocksOn(blocks, side);
	const index = lane.findIndex(({ do_id }) => do_id === doId);
	if (index < 0 || lane[index + step] === undefined) return undefined;
	return movedBefore(blocks, doId, lane[step < 0 ? index - 1 : index + 2]?.do_id);
}

/** Moves a block before another one, or last; undefined: it is there already. */
export function movedBefore(
	blocks: readonly Block[],
	doId: number,
	beforeId: number | undefined,
): Change | undefined {
	const index = blocks.findIndex(({ do_id }) => do_id === doId);
	if (index < 0 || beforeId === doId) return undefined;
	const others = blocks.filter(({ do_id }) => do_id !== doId);
	const found = others.findIndex(({ do_id }) => do_id === beforeId);
	const at = found < 0 ? others.length : found;
	return at === index ? undefined : { kind: "move_block", do_id: doId, at };
}
