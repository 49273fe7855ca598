import { describe, expect, test } from "bun:test";
import type { BuiltFunction, UserFunction } from "../../../src/ccm/functions/built-function.ts";
import {
	inputFunction,
	joinFunction,
	type OutputParam,
	outputFunction,
} from "../../../src/ccm/functions/wrappers.ts";
import { digestOfSource } from "../../../src/kit/mod.ts";
import { type PythonCase, runPython } from "../support/python.ts";
import { Random } from "../support/random.ts";

const fn = (fn_name: string, body: string, fn_id = 1): UserFunction => ({
	fn_id,
	fn_name,
	code: `def run(*args):\n    return ${body}\n`,
});

/** Functions with what they do, for the reference. */
const KNOWN: readonly (readonly [UserFunction, (args: readonly unknown[]) => unknown])[] = [
	[fn("all", "list(args)"), (args) => args],
	[fn("x1", "args[0]"), (args) => args[0]],
	[fn("count", "len(args)"), (args) => args.length],
	[fn("larger than", "str(args[0])"), (args) => String(args[0])],
	[fn("函數", "args[-1]"), (args) => args.at(-1)],
];

/** Where a join finds its inputs; none is a member of a crowd. */
const slots = (order: readonly number[], count = order.length) => ({
	...{ order, slots: count, members: new Set<number>() },
});

function asCase(built: BuiltFunction, calls: readonly (readonly unknown[])[]): PythonCase {
	const source = (digest: string) => built.sources.get(digest) ?? "missing";
	const helpers = Object.entries(built.use.depends).map(([alias, digest]) => [
		alias,
		source(digest),
	]);
	return { code: source(built.use.digest ?? ""), helpers: Object.fromEntries(helpers), calls };
}

describe("generated functions", () => {
	test("are none where nothing is chosen", () => {
		const plain = { fn: undefined, range: undefined };
		expect(inputFunction(undefined).use).toEqual({ digest: null, depends: {} });
		expect(outputFunction([plain, plain]).use).toEqual({ digest: null, depends: {} });
	});

	test("have the same text each time, named by their digests", () => {
		const build = () => outputFunction([{ fn: fn("dim", "args[0]"), range: { min: 0, max: 5 } }]);
		const { use, sources } = build();
		expect(build()).toEqual({ use, sources });
		for (const [digest, code] of sources) expect(digestOfSource(code)).toBe(digest);
		expect(sources.get(use.digest ?? "")).toEndWith(`def run(*args):
    return [
        scaled(0, iot._dim(*args), 0, 5),
    ]
`);
		expect(Object.keys(use.depends)).toEqual(["_dim"]);
	});

	test("have the digests they always had, so that an upgrade replaces no function that runs", () => {
		const dim = fn("dim", "args[0]");
		const digests = [
			inputFunction(dim),
			joinFunction(dim, slots([0, 1])),
			joinFunction(dim, slots([1, 0])),
			outputFunction([{ fn: dim, range: { min: 0, max: 5 } }]),
		].map(({ use }) => use.digest?.slice(0, 16));
		expect(digests).toEqual([
			"7d5a827725cfa188",
			"7d5a827725cfa188",
			"12231f27d5bac633",
			"65699ebb2f262934",
		]);
	});

	test("reach functions of any name, also two of the same", () => {
		const both = outputFunction(
			[fn("f", "1"), fn("f", "2"), fn("f", "1"), fn("larger than", "3"), fn("函class__", "4")].map(
				(chosen): OutputParam => ({ fn: chosen, range: undefined }),
			),
		);
		expect(Object.keys(both.use.depends)).toEqual(["_f", "_f_2", "_larger_than", "_f_class__"]);
		expect(runPython([asCase(both, [[0]])])).toEqual([[[1, 2, 1, 3, 4]]]);
	});

	test("of an input give one value", () => {
		const built = inputFunction(fn("list", "list(args)"));
		expect(runPython([asCase(built, [[1, 2]])])).toEqual([[[[1, 2]]]]);
	});

	test("of a join put slots into the order of z1 … zn", () => {
		const random = new Random(7);
		const cases = Array.from({ length: 300 }, () => {
			const count = 1 + random.below(6);
			const all = random.shuffled([...Array(count).keys()]);
			const order = all.slice(0, 1 + random.below(count));
			const [chosen, does] = random.pick(KNOWN) ?? [fn("x1", "args[0]"), () => 0];
			const values = all.map((_, slot) => slot * 10);
			const expected = [[does(order.map((slot) => values[slot]))]];
			return { expected, python: asCase(joinFunction(chosen, slots(order, count)), [values]) };
		});
		expect(runPython(cases.map(({ python }) => python))).toEqual(
			cases.map(({ expected }) => expected),
		);
	});

	test("of a join in order are the same for any number of inputs", () => {
		const text = (n: number) =>
			joinFunction(fn("sum", "0"), slots([...Array(n).keys()])).use.digest;
		expect(text(2)).toBe(text(3));
	});

	test("of a join leave out members of a crowd that are silent, and no one else", () => {
		const random = new Random(17);
		const cases = Array.from({ length: 500 }, () => {
			const count = 1 + random.below(8);
			const all = random.shuffled([...Array(count).keys()]);
			const order = random.chance(70) ? all : all.slice(0, 1 + random.below(count));
			const members = new Set(order.filter((_, z) => z === 0 || random.chance(60)));
			const values = all.map((_, slot) => (random.chance(40) ? null : slot * 10));
			// A message comes from someone.
			values[order[0] ?? 0] ??= 7;
			const heard = order.filter((slot) => !members.has(slot) || values[slot] !== null);
			const given = heard.map((slot) => values[slot] ?? null);
			const chosen = random.chance(70) ? fn("all", "list(args)") : undefined;
			const built = joinFunction(chosen, { order, slots: count, members });
			return { given, python: asCase(built, [values]) };
		});
		const results = runPython(cases.map(({ python }) => python));
		// Members are in no certain order; where there is but one, and for all others, it counts.
		const sorted = (list: unknown) => (Array.isArray(list) ? list.map(String).sort() : list);
		for (const [index, { given }] of cases.entries()) {
			const result = results[index];
			expect(sorted(Array.isArray(result) ? result[0] : result)).toEqual(sorted(given));
		}
	});

	test("of a join give each input its place before, between and behind a crowd", () => {
		const join = (order: readonly number[], members: readonly number[], values: unknown[]) =>
			asCase(
				joinFunction(fn("all", "list(args)"), {
					...{ order, slots: values.length, members: new Set(members) },
				}),
				[values],
			);
		expect(
			runPython([
				join([0, 1, 2, 3], [1, 2], ["a", null, "c", null]),
				join([3, 2, 1, 0], [1, 2], ["a", "b", null, "d"]),
				// Two crowds with an input between them.
				join([0, 2, 1, 3, 4], [0, 2, 3, 4], ["a", "b", "c", null, "e"]),
				// A member that is there twice, and a slot that is none of the join's.
				join([0, 1, 0], [0, 1], ["a", null, "c"]),
			]),
		).toEqual([[["a", "c", null]], [["d", "b", "a"]], [["a", "c", "b", "e"]], [["a", "a"]]]);
	});

	test("of a join with a crowd give one value or several", () => {
		const given = (body: string) =>
			asCase(joinFunction(fn("f", body), { order: [0], slots: 1, members: new Set([0]) }), [[7]]);
		expect(runPython(["args[0]", "[1, 2]", "(3, 4)", "'ab'", "[]"].map(given))).toEqual([
			...[[[7]], [[1, 2]], [[3, 4]], [["ab"]], [[]]],
		]);
	});

	test("of a join with a crowd stay the same while members come and go", () => {
		const digest = (members: number, others: number) => {
			const all = [...Array(others + members).keys()];
			const crowd = new Set(all.slice(others));
			return joinFunction(fn("sum", "0"), { order: all, slots: all.length, members: crowd }).use
				.digest;
		};
		expect(digest(40, 0)).toBe(digest(1, 0));
		expect(digest(40, 2)).toBe(digest(3, 2));
		expect(digest(40, 2)).not.toBe(digest(40, 0));
	});

	test("of an output give one element for each parameter", () => {
		const random = new Random(11);
		const cases = Array.from({ length: 300 }, () => {
			const args = Array.from({ length: 1 + random.below(4) }, () => random.below(100));
			const chosen = Array.from({ length: 1 + random.below(4) }, () =>
				random.chance(60) ? random.pick(KNOWN) : undefined,
			);
			// Without any function there is none to run.
			const choices = [...chosen, random.pick(KNOWN)];
			const params = choices.map((choice): OutputParam => ({ fn: choice?.[0], range: undefined }));
			const expected = choices.map((choice, i) =>
				choice === undefined ? args[Math.min(i, args.length - 1)] : choice[1](args),
			);
			return { expected: [expected], python: asCase(outputFunction(params), [args]) };
		});
		expect(runPython(cases.map(({ python }) => python))).toEqual(
			cases.map(({ expected }) => expected),
		);
	});

	test("scale to a range by the lowest and highest value so far, each parameter its own", () => {
		const random = new Random(13);
		const cases = Array.from({ length: 100 }, () => {
			const [min, max] = [random.below(20) - 10, random.below(20) - 10];
			const calls = Array.from({ length: 8 }, () => [random.below(50) - 25, random.below(50) / 4]);
			const range = min === max ? undefined : { min, max };
			const params: OutputParam[] = [
				{ fn: undefined, range },
				{ fn: undefined, range: { min: 0, max: 1 } },
			];
			const scale = [reference(min, max), reference(0, 1)];
			const expected = calls.map((call) =>
				call.map((value, i) => (i === 0 && min === max ? value : scale[i]?.(value))),
			);
			return { expected, python: asCase(outputFunction(params), calls) };
		});
		const results = runPython(cases.map(({ python }) => python));
		for (const [index, { expected }] of cases.entries()) {
			const got = JSON.stringify(results[index], rounded);
			expect(got).toBe(JSON.stringify(expected, rounded));
		}
	});

	test("give the middle of the range for the first value", () => {
		const built = outputFunction([{ fn: undefined, range: { min: 10, max: 20 } }]);
		expect(runPython([asCase(built, [[3], [3], [5], [4]])])).toEqual([[[15], [15], [20], [15]]]);
	});
});

/** The rule of `ccm-gui.md §6.1`, with the middle as §13 wants it. */
function reference(min: number, max: number): (value: number) => number {
	let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	return (value) => {
		low = Math.min(low, value);
		high = Math.max(high, value);
		return low === high ? (max + min) / 2 : min + ((max - min) * (value - low)) / (high - low);
	};
}

function rounded(_key: string, value: unknown): unknown {
	return typeof value === "number" ? Math.round(value * 1e9) / 1e9 + 0 : value;
}
