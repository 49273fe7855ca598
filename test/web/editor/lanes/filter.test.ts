import { describe, expect, test } from "bun:test";
import { linkedTo, matching } from "../../../../src/web/editor/lanes/filter.ts";
import { block, join, port, project } from "./graphs.ts";

const graph = project(
	[
		block(1, [port(11, "input", { alias_name: "Kitchen" }), port(12, "input")]),
		block(2, [port(21, "input")]),
		block(3, [port(31, "output")]),
		block(4, [port(41, "output")]),
	],
	[join(1, [11, 31]), join(2, [12, 21, 41], { na_name: "Average" })],
);
const ids = ({ doIds, naIds }: ReturnType<typeof linkedTo>) => [[...doIds], [...naIds]];
const find = (text: string) =>
	ids(matching(graph, text, ({ do_id }) => (do_id === 2 ? ["Desk sensor"] : [])));

describe("only what links to this", () => {
	test("shows a block, its joins and their other ends", () => {
		expect(ids(linkedTo(graph, { kind: "block", id: 2 }))).toEqual([[1, 2, 4], [2]]);
		expect(ids(linkedTo(graph, { kind: "block", id: 3 }))).toEqual([[1, 3], [1]]);
	});

	test("shows a join and its ends", () => {
		expect(ids(linkedTo(graph, { kind: "join", id: 2 }))).toEqual([[1, 2, 4], [2]]);
	});

	test("shows nothing of what is gone", () => {
		expect(ids(linkedTo(graph, { kind: "block", id: 99 }))).toEqual([[], []]);
	});
});

describe("a filter", () => {
	test("finds by alias, feature, model and join, in any case, with what is linked", () => {
		expect(find("kitchen")).toEqual([
			[1, 2, 3, 4],
			[1, 2],
		]);
		expect(find("OUTPUT-31")).toEqual([[1, 3], [1]]);
		expect(find("OUTPUT-41")).toEqual([[1, 2, 4], [2]]);
		expect(find("average")).toEqual([[1, 2, 4], [2]]);
	});

	test("finds by the name of a bound device", () => {
		expect(find("desk")).toEqual([[1, 2, 4], [2]]);
	});

	test("wants all words", () => {
		expect(find("model desk")).toEqual([[1, 2, 4], [2]]);
		expect(find("kitchen desk")).toEqual([[], []]);
	});
});
