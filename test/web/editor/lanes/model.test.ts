import { describe, expect, test } from "bun:test";
import { blocksOn, wiresOf } from "../../../../src/web/editor/lanes/model.ts";
import { block, join, port, project } from "./graphs.ts";

const blocks = [
	block(1, [port(11, "input"), port(12, "input"), port(13, "output")]),
	block(2, [port(21, "output")]),
];

test("a block is in the lanes of its ports", () => {
	expect(blocksOn(blocks, "input").map(({ do_id }) => do_id)).toEqual([1]);
	expect(blocksOn(blocks, "output").map(({ do_id }) => do_id)).toEqual([1, 2]);
});

describe("wires", () => {
	test("are the links to ports that are there", () => {
		const found = wiresOf(project(blocks, [join(5, [11, 99, 21]), join(6, [12, 13])]));
		expect(found.map(({ key, side }) => [key, side])).toEqual([
			["5-11", "input"],
			["5-21", "output"],
			["6-12", "input"],
			["6-13", "output"],
		]);
	});
});
