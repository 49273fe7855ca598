import type { Join, ProjectDocument } from "../../../contract/mod.ts";
import { blocksOn, portsOn } from "./model.ts";

/** Rows of a card besides its ports: its name and its device. */
const HEADER_ROWS = 2;

/**
 * Joins in the order of the middle of what they link, so that wires cross as little as one pass can have it. Joins with
 * the same middle stay as they were.
 */
export function orderedJoins({ blocks, joins }: Pick<ProjectDocument, "blocks" | "joins">) {
	const rows = new Map<number, number>();
	for (const side of ["input", "output"] as const) {
		let row = 0;
		for (const block of blocksOn(blocks, side)) {
			row += HEADER_ROWS;
			for (const { dfo_id } of portsOn(block, side)) rows.set(dfo_id, row++);
		}
	}
	const middle = ({ links }: Join) => mean(links.flatMap(({ dfo_id }) => rows.get(dfo_id) ?? []));
	return joins
		.map((join) => ({ join, at: middle(join) }))
		.sort((a, b) => a.at - b.at)
		.map(({ join }) => join);
}

function mean(numbers: readonly number[]): number {
	return numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

export interface Item {
	/** Where its middle would like to be. */
	readonly wish: number;
	readonly height: number;
}

interface Group {
	/** Sum of the wishes for the group's beginning. */
	sum: number;
	count: number;
	height: number;
}

/**
 * Places items below one another in their order, without overlap, as close to their wishes as possible (least squares:
 * neighbours that would overlap are moved together). @returns The upper edge of each, none below `top`.
 */
export function spread(items: readonly Item[], gap: number, top = 0): number[] {
	const groups: (Group & { readonly items: Item[] })[] = [];
	for (const item of items) {
		const wish = item.wish - item.height / 2;
		let last = { sum: wish, count: 1, height: item.height + gap, items: [item] };
		for (;;) {
			const before = groups.at(-1);
			if (before === undefined) break;
			const end = Math.max(top, before.sum / before.count) + before.height;
			if (end <= last.sum / last.count) break;
			groups.pop();
			last = {
				// What wishes to begin at y within the group wishes the group to begin higher.
				sum: before.sum + last.sum - last.count * before.height,
				count: before.count + last.count,
				height: before.height + last.height,
				items: [...before.items, ...last.items],
			};
		}
		groups.push(last);
	}
	const tops: number[] = [];
	let end = top;
	for (const { sum, count, items: members } of groups) {
		let y = Math.max(end, sum / count);
		for (const { height } of members) {
			tops.push(y);
			y += height + gap;
		}
		end = y;
	}
	return tops;
}
