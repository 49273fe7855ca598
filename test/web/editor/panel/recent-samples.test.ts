import { expect, test } from "bun:test";
import type { Join } from "../../../../src/contract/mod.ts";
import {
	names,
	outputArguments,
	RecentSamples,
} from "../../../../src/web/editor/panel/recent-samples.ts";

const join = (fn_id: number | null): Join => ({
	...{ na_id: 1, na_name: "Join", na_idx: 0, fn_id, crowd: "each", links: [] },
});

test("the last five values of an input are the arguments of its function", () => {
	const recent = new RecentSamples();
	for (let n = 0; n < 7; n++) {
		recent.hear([{ dfoId: 3, value: `[${n * 10}]`, input: `[${n},${n + 1}]` }]);
	}
	expect(recent.ofInput(3)).toEqual([2, 3, 4, 5, 6].map((n) => [n, n + 1]));
	expect(recent.ofInput(4)).toEqual([]);
});

test("what the inputs gave last, together, are the arguments of the join function", () => {
	const recent = new RecentSamples();
	recent.hear([
		{ dfoId: 1, value: "[1]", input: "[1]" },
		{ dfoId: 2, value: '["a"]', input: '["a"]' },
		{ dfoId: 1, value: "[2]", input: "[2]" },
	]);
	expect(recent.ofJoin([1, 2])).toEqual([[[2], ["a"]]]);
	expect(recent.ofJoin([2, 1])).toEqual([[["a"], [2]]]);
	expect(recent.ofJoin([1, 9])).toEqual([]);
	expect(recent.ofJoin([])).toEqual([]);
});

test("what the join gave are the arguments of outputs, one by one", () => {
	const recent = new RecentSamples();
	recent.hear([
		{ dfoId: null, value: "[1,2]" },
		{ dfoId: null, value: "3" },
	]);
	expect(recent.ofOutputs()).toEqual([[1, 2], [3]]);
});

test("a value that the server cut is not an argument", () => {
	const recent = new RecentSamples();
	recent.hear([{ dfoId: null, value: '["long te…' }]);
	expect(recent.ofOutputs()).toEqual([]);
});

test("arguments of outputs are called as what brings them", () => {
	expect(names("x", 3)).toEqual(["x1", "x2", "x3"]);
	expect(outputArguments(join(null), [{ param_no: 2 }])).toEqual(["x1", "x2"]);
	expect(outputArguments(join(null), [{ param_no: 2 }, { param_no: 1 }])).toEqual(["z1", "z2"]);
	expect(outputArguments(join(5), [{ param_no: 2 }, { param_no: 1 }])).toEqual(["z"]);
	expect(outputArguments(join(null), [])).toEqual(["x1"]);
});
