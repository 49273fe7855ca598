import { describe, expect, test } from "bun:test";
import type { PipelineSpec } from "../../src/contract/graph-spec.ts";
import { PassThrough } from "../../src/dataflow/pass-through.ts";
import { graphOf, input, output } from "../support/pipeline-specs.ts";

/** What a message of an input gives: JSON by output, problems and the record as they are. */
function run(passThrough: PassThrough, spec: PipelineSpec, id: number, text: string): string[] {
	const idf = spec.idfs.find((candidate) => candidate.id === id);
	if (idf === undefined) throw new Error(`There is no input ${id}`);
	return passThrough.receive(idf, text).map((result) => {
		if ("json" in result) return `${result.odf.id} ${result.json}`;
		return "record" in result ? result.record() : result.problem;
	});
}

const once = (spec: PipelineSpec, text: string, id = 1) =>
	run(new PassThrough(spec, new Map()), spec, id, text);

describe("pass-through", () => {
	test.each([
		["42", ["9 [42]"]],
		["[1.0, 12345678901234567890]", ["9 [1.0,12345678901234567890]"]],
		["[NaN]", ["9 [null]"]],
		["[]", ["9 []"]],
		["[1,", ["malformed data: not JSON"]],
		["", ["malformed data: not JSON"]],
	])("one input: %s", (text, wanted) => {
		expect(once(graphOf([input(1)], [output(9)]), text)).toEqual(wanted);
	});

	test("messages of another length are dropped in silence", () => {
		const spec = graphOf([input(1, { paramNo: 2, tagParamNo: 1 })], [output(9)]);
		for (const text of ["[1]", "[1,2]", "[1,2,3,4]"]) expect(once(spec, text)).toEqual([]);
		expect(once(spec, "[1,2,3]")).toEqual(["9 [1,2]"]);
	});

	test("outputs repeat the last value, cut, and get their tags", () => {
		const odfs = [
			output(7, { paramNo: 3, tagParamNo: 3 }),
			output(8, { paramNo: 1 }),
			output(9, { paramNo: 0 }),
		];
		const spec = graphOf([input(1, { tagParamNo: 2 })], odfs);
		expect(once(spec, '[1,2,"a","b"]')).toEqual(['7 [1,2,2,"a","b",null]', "8 [1]", "9 []"]);
	});

	test("an output that wants values of none is a problem, the others get theirs", () => {
		const spec = graphOf([input(1)], [output(8, { paramNo: 2 }), output(9)]);
		expect(once(spec, "[]")).toEqual(["empty result where 2 values are wanted", "9 []"]);
	});

	test("several inputs give all slots, in their order", () => {
		const spec = graphOf([input(1), input(2)], [output(9)]);
		const passThrough = new PassThrough(spec, new Map([[2, '["kept"]']]));
		expect(run(passThrough, spec, 1, "1")).toEqual(['9 [[1],["kept"]]']);
		expect(run(passThrough, spec, 2, "[2,3]")).toEqual(["9 [[1],[2,3]]"]);
		expect([...passThrough.slots]).toEqual([
			[1, "[1]"],
			[2, "[2,3]"],
		]);
	});

	test("inputs that stay keep their slots", () => {
		const passThrough = new PassThrough(graphOf([input(1), input(2)], []), new Map());
		run(passThrough, graphOf([input(1), input(2)], []), 1, "1");
		const spec = graphOf([input(3), input(1)], [output(9)]);
		passThrough.update(spec);
		expect(run(passThrough, spec, 3, "3")).toEqual(["9 [[3],[1]]"]);
		expect(passThrough.slots.has(2)).toBe(false);
	});

	test("a watched graph gives its data record last; it is that run's, whenever it is asked for", () => {
		const odfs = [output(8, { paramNo: 2, tagParamNo: 1 }), output(9, { paramNo: 1 })];
		const spec = graphOf([input(1, { tagParamNo: 1 }), input(2)], odfs, { monitorTopic: "m" });
		const passThrough = new PassThrough(spec, new Map());
		const [idf] = spec.idfs;
		if (idf === undefined) throw new Error("There is no input");
		const last = passThrough.receive(idf, '[1.0,"tag"]').at(-1);
		passThrough.receive(idf, '[2,"tag"]');
		expect(last !== undefined && "record" in last && JSON.parse(last.record())).toEqual({
			idf: { id: ["device", "in1"], input: [1], output: [1] },
			join: { input: [[1], null], output: [[1], null] },
			odf: [
				{ id: ["device", "out8"], output: [[1], null] },
				{ id: ["device", "out9"], output: [[1]] },
			],
		});
	});
});
