import { describe, expect, test } from "bun:test";
import { movedBefore, movedBy } from "../../../../src/web/editor/lanes/moves.ts";
import { block, port } from "./graphs.ts";

// In the document inputs and outputs are mixed.
const blocks = [
	block(1, [port(11, "input")]),
	block(2, [port(21, "output")]),
	block(3, [port(31, "input")]),
	block(4, [port(41, "output")]),
	block(5, [port(51, "input")]),
];

/** The order after a move, as the server carries it out. */
function after(change: ReturnType<typeof movedBy>): number[] | undefined {
	if (change?.kind !== "move_block") return undefined;
	const others = blocks.map(({ do_id }) => do_id).filter((id) => id !== change.do_id);
	return [...others.slice(0, change.at), change.do_id, ...others.slice(change.at)];
}

describe("moving a block", () => {
	test("goes past its neighbour in the lane, whatever of other lanes is between", () => {
		expect(after(movedBy(blocks, 3, "input", -1))).toEqual([3, 1, 2, 4, 5]);
		expect(after(movedBy(blocks, 1, "input", 1))).toEqual([2, 3, 4, 1, 5]);
		expect(after(movedBy(blocks, 3, "input", 1))).toEqual([1, 2, 4, 5, 3]);
	});

	test("does nothing at the ends, or for a block of another lane", () => {
		expect(movedBy(blocks, 1, "input", -1)).toBeUndefined();
		expect(movedBy(blocks, 5, "input", 1)).toBeUndefined();
		expect(movedBy(blocks, 2, "input", 1)).toBeUndefined();
	});

	test("goes before another one, or last", () => {
		expect(after(movedBefore(blocks, 5, 1))).toEqual([5, 1, 2, 3, 4]);
		expect(after(movedBefore(blocks, 1, undefined))).toEqual([2, 3, 4, 5, 1]);
		expect(movedBefore(blocks, 1, 2)).toBeUndefined();
		expect(movedBefore(blocks, 1, 1)).toBeUndefined();
	});
});
