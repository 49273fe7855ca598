import { describe, expect, test } from "bun:test";
import type { Link } from "../../../../src/contract/mod.ts";
import { blocksOn, isOfWire, wiresOf } from "../../../../src/web/editor/lanes/model.ts";
import { block, join, port, project } from "./graphs.ts";

const link = (dfo_id: number, fn_id: number | null): Link => ({
	dfo_id,
	params: [{ idf_type: "sample", fn_id, min: 0, max: 0, normalization: false }],
});
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

	const failing = (links: Link[], stage: "idf" | "join" | "odf" | null) => {
		const wires = wiresOf(project(blocks, [join(5, [], { links })]));
		return wires.filter((wire) => isOfWire({ stage }, wire)).map(({ dfoId }) => dfoId);
	};

	test("have the failures of their side, where only one has a function", () => {
		const one = [link(11, 1), link(12, null), link(21, 2)];
		expect(failing(one, "idf")).toEqual([11]);
		expect(failing(one, "odf")).toEqual([21]);
		expect(failing(one, "join")).toEqual([]);
		expect(failing(one, null)).toEqual([]);
	});

	test("have none of them where it may be another one's", () => {
		expect(failing([link(11, 1), link(12, 1), link(21, null)], "idf")).toEqual([]);
		expect(failing([link(11, null), link(12, null), link(21, null)], "odf")).toEqual([]);
	});
});
