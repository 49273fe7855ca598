// Generated functions in the engine that runs them, whole graphs at once, against the rules of ccm-gui.md §6.1 and
// csm.md §5.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BuiltFunction, UserFunction } from "../../../src/ccm/functions/built-function.ts";
import {
	inputFunction,
	joinFunction,
	outputFunction,
} from "../../../src/ccm/functions/wrappers.ts";
import { RealEngine } from "../../support/real-engine.ts";
import { Random } from "../support/random.ts";

type Values = readonly unknown[];
interface Chosen {
	readonly fn: UserFunction;
	readonly does: (args: Values) => unknown;
}

const chosen = (fn_name: string, body: string, does: Chosen["does"]): Chosen => ({
	fn: { fn_id: 1, fn_name, code: `def run(*args):\n    return ${body}\n` },
	does,
});
const FUNCTIONS: readonly Chosen[] = [
	chosen("all", "list(args)", (args) => args),
	chosen("x1", "args[0]", (args) => args[0]),
	chosen("larger than", "args[-1]", (args) => args.at(-1)),
	chosen("計數 器", "len(args)", (args) => args.length),
];
/** What is scaled has to be a number. */
const COUNT = FUNCTIONS.slice(3);

interface Input {
	readonly params: number;
	readonly fn: Chosen | undefined;
}
interface Param {
	readonly fn: Chosen | undefined;
	readonly range: { readonly min: number; readonly max: number } | undefined;
}
interface Graph {
	readonly inputs: readonly Input[];
	/** Slot of each input. */
	readonly order: readonly number[];
	readonly join: Chosen | undefined;
	readonly outputs: readonly (readonly Param[])[];
}

const list = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, n) => make(n));

function draw(random: Random): Graph {
	const maybe = (percent: number, from = FUNCTIONS) =>
		random.chance(percent) ? random.pick(from) : undefined;
	const inputs = list(1 + random.below(3), () => ({ params: 1 + random.below(3), fn: maybe(50) }));
	const param = (): Param => {
		if (random.chance(70)) return { fn: maybe(60), range: undefined };
		return {
			fn: random.pick(COUNT),
			range: { min: random.below(9) - 5, max: 5 + random.below(9) },
		};
	};
	return {
		inputs,
		order: random.shuffled(list(inputs.length, (n) => n)),
		join: inputs.length > 1 ? maybe(60) : undefined,
		outputs: list(1 + random.below(2), () => list(1 + random.below(3), param)),
	};
}

/** What each message makes the outputs say, in their order. */
class Reference {
	readonly #graph: Graph;
	readonly #slots: (Values | null)[];
	readonly #ranges = new Map<Param, { low: number; high: number }>();

	constructor(graph: Graph) {
		this.#graph = graph;
		this.#slots = graph.inputs.map(() => null);
	}

	take(input: number, values: Values): unknown[][] {
		const { inputs, order, outputs } = this.#graph;
		const fn = inputs[input]?.fn;
		this.#slots[order[input] ?? 0] = fn === undefined ? values : [fn.does(values)];
		const joined = this.#join();
		return outputs.map((params) => this.#output(params, joined));
	}

	#join(): Values {
		const { inputs, order, join } = this.#graph;
		if (join === undefined) return inputs.length > 1 ? this.#slots : (this.#slots[0] ?? []);
		const zs = order.map((slot) => this.#slots[slot] ?? null);
		return [join.does(zs.map((z) => (z?.length === 1 ? z[0] : z)))];
	}

	#output(params: readonly Param[], args: Values): unknown[] {
		return params.map((param, index) => {
			const { fn, range } = param;
			const value = fn === undefined ? args[Math.min(index, args.length - 1)] : fn.does(args);
			return range === undefined ? value : this.#scaled(param, Number(value), range);
		});
	}

	#scaled(param: Param, value: number, { min, max }: { min: number; max: number }): number {
		const known = this.#ranges.get(param) ?? { low: value, high: value };
		const low = Math.min(known.low, value);
		const high = Math.max(known.high, value);
		this.#ranges.set(param, { low, high });
		return low === high ? (max + min) / 2 : min + ((max - min) * (value - low)) / (high - low);
	}
}

let engine: RealEngine;
let handles = 0;
beforeAll(async () => {
	engine = await RealEngine.start();
});
afterAll(() => engine.stop());

async function prepare({ use, sources }: BuiltFunction): Promise<number | null> {
	if (use.digest === null) return null;
	const code = (digest: string) => sources.get(digest) ?? "";
	const helpers = Object.entries(use.depends).map(([alias, digest]) => ({
		...{ alias, digest, code: code(digest) },
	}));
	handles += 1;
	expect(await engine.prepare(handles, code(use.digest), helpers)).toBeNull();
	return handles;
}

/** Brings a graph into the engine, its inputs in slot order; gives the ids of its inputs. */
async function declare(number: number, { inputs, order, join, outputs }: Graph): Promise<number[]> {
	const ids = inputs.map((_, n) => number * 100 + n);
	const idfs = [];
	for (const [n, { params, fn }] of inputs.entries()) {
		const func = await prepare(inputFunction(fn?.fn));
		idfs[order[n] ?? 0] = {
			...{ id: ids[n], name: ["d", `i${n}`], func, input_type: null },
			...{ param_no: params, tag_param_no: 0, slot: null },
		};
	}
	const odfs = [];
	for (const [n, params] of outputs.entries()) {
		const built = outputFunction(params.map(({ fn, range }) => ({ fn: fn?.fn, range })));
		const link = { id: number * 100 + 50 + n, name: ["d", `o${n}`], func: await prepare(built) };
		odfs.push({ ...link, param_no: params.length, tag_param_no: 0 });
	}
	const made =
		join &&
		(await prepare(joinFunction(join.fn, { order, slots: inputs.length, members: new Set() })));
	await engine.ask("declare", { graph: number, join: made ?? null, records: "none", idfs, odfs });
	return ids;
}

test("have a crowd's members heard from the first message on, whichever speaks", async () => {
	const random = new Random(24);
	for (let number = 1001; number <= 1040; number++) {
		const count = 1 + random.below(40);
		const members = new Set(list(count, (slot) => slot));
		const order = random.shuffled([...members]);
		const chosen = random.chance(50) ? FUNCTIONS[0]?.fn : undefined;
		const idfs = list(count, (n) => ({
			...{ id: number * 100 + n, name: ["d", `i${n}`], func: null, input_type: null },
			...{ param_no: 3, tag_param_no: 0, slot: null },
		}));
		const join = await prepare(joinFunction(chosen, { order, slots: count, members }));
		const odf = { id: number * 100 + 50, name: ["d", "o"], func: null, param_no: null };
		const odfs = [{ ...odf, tag_param_no: 0 }];
		await engine.ask("declare", { graph: number, join, records: "none", idfs, odfs });
		const heard = new Map<number, Values>();
		for (let message = 0; message < 8; message++) {
			const member = random.below(count);
			const color = list(3, () => random.below(256));
			heard.set(member, color);
			const answer = await engine.ask(
				"batch",
				`${number * 100 + member}\x1e${JSON.stringify(color)}`,
			);
			const published = JSON.parse(answer.split("\x1e")[2] ?? "null");
			const spoken = [...heard].sort(([a], [b]) => a - b).map(([, values]) => values);
			expect(published).toEqual(spoken);
		}
	}
});

test("give what the rules say, in three hundred graphs of any form", async () => {
	const random = new Random(1977);
	for (let number = 1; number <= 300; number++) {
		const graph = draw(random);
		const ids = await declare(number, graph);
		const reference = new Reference(graph);
		for (let count = 0; count < 6; count++) {
			const input = random.below(graph.inputs.length);
			const values = list(graph.inputs[input]?.params ?? 1, () => random.below(100));
			const expected = reference
				.take(input, values)
				.flatMap((out, n) => [`${number * 100 + 50 + n}`, out]);
			const answer = await engine.ask("batch", `${ids[input]}\x1e${JSON.stringify(values)}`);
			const [, ...published] = answer.split("\x1e");
			const got = published.map((text, n) => (n % 2 === 0 ? text : JSON.parse(text)));
			expect(JSON.stringify(got, rounded), JSON.stringify(graph)).toBe(
				JSON.stringify(expected, rounded),
			);
		}
	}
});

function rounded(_key: string, value: unknown): unknown {
	return typeof value === "number" ? Math.round(value * 1e9) / 1e9 + 0 : value;
}
