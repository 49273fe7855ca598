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
			joinFunction(dim, [0, 1], 2),
			joinFunction(dim, [1, 0], 2),
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
			const slots = 1 + random.below(6);
			const all = random.shuffled(Array.from({ length: slots }, (_, slot) => slot));
			const order = all.slice(0, 1 + random.below(slots));
			const [chosen, does] = random.pick(KNOWN) ?? [fn("x1", "args[0]"), () => 0];
			const values = Array.from({ length: slots }, (_, slot) => slot * 10);
			const expected = [[does(order.map((slot) => values[slot]))]];
			return { expected, python: asCase(joinFunction(chosen, order, slots), [values]) };
		});
		expect(runPython(cases.map(({ python }) => python))).toEqual(
			cases.map(({ expected }) => expected),
		);
	});

	test("of a join in order are the same for any number of inputs", () => {
		const text = (n: number) => joinFunction(fn("sum", "0"), [...Array(n).keys()], n).use.digest;
		expect(text(2)).toBe(text(3));
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
