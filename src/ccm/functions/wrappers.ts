// The functions CCM sends to CSM (`ccm-gui.md §6.1`): users' functions are helpers of a small main function. The same
// choice always gives the same text, so digests outlive restarts, and functions keep their state.
import { type BuiltFunction, Helpers, PASS_THROUGH, type UserFunction } from "./built-function.ts";

/** An input's function gives one value; without a function its values go on as they are. */
export function inputFunction(chosen: UserFunction | undefined): BuiltFunction {
	if (chosen === undefined) return PASS_THROUGH;
	const helpers = new Helpers();
	const run = helpers.reach(chosen);
	return helpers.build(`def run(*args):\n    return [${run}(*args)]\n`);
}

/** Where CSM keeps what a join's function gets. */
export interface JoinSlots {
	/** For each of `z1 … zn` its slot, from 0. */
	readonly order: readonly number[];
	/** How many slots CSM has. */
	readonly slots: number;
	/** Slots of members of crowds; a value that is null is left out, as that of a member that has not sent any. */
	readonly members: ReadonlySet<number>;
}

/**
 * A join's function gets `z1 … zn`, wherever CSM keeps them, and gives one value. With members of a crowd it may give a
 * list of values, so that outputs get as many as from one member by itself.
 * @param chosen Undefined: they go on as they are.
 */
export function joinFunction(
	chosen: UserFunction | undefined,
	{ order, slots, members }: JoinSlots,
): BuiltFunction {
	const helpers = new Helpers();
	const run = chosen && helpers.reach(chosen);
	if (members.size > 0) {
		const args = argsOfCrowd(order, slots, members);
		const spread = run === undefined ? `[${args}]` : `spread(${run}(${args}))`;
		const before = run === undefined ? "" : SPREAD;
		return helpers.build(`${before}def run(*args):\n    return ${spread}\n`);
	}
	const isPlain = order.length === slots && order.every((slot, z) => slot === z);
	const args = isPlain ? "*args" : order.map((slot) => `args[${slot}]`).join(", ");
	const result = run === undefined ? args : `${run}(${args})`;
	return helpers.build(`def run(*args):\n    return [${result}]\n`);
}

const SPREAD = `def spread(result):
    return list(result) if isinstance(result, (list, tuple)) else [result]


`;

/**
 * Values of a crowd go together, in no certain order. Where there is but one crowd the text does not name its slots: it
 * stays the same, and with it what the function has kept, while members come and go.
 */
function argsOfCrowd(
	order: readonly number[],
	slots: number,
	members: ReadonlySet<number>,
): string {
	const runs: (number | number[])[] = [];
	for (const slot of order) {
		const last = runs.at(-1);
		if (!members.has(slot)) runs.push(slot);
		else if (Array.isArray(last)) last.push(slot);
		else runs.push([slot]);
	}
	const others = order.filter((slot) => !members.has(slot));
	const isEach = order.length === slots && new Set(order).size === slots;
	const isAll = isEach && runs.filter(Array.isArray).length === 1;
	return runs
		.map((run) => (Array.isArray(run) ? spoken(run, isAll, others) : `args[${run}]`))
		.join(", ");
}

/** @param isAll Whether they are all slots but these. */
function spoken(slots: readonly number[], isAll: boolean, others: readonly number[]): string {
	if (!isAll) return `*[args[at] for at in (${slots.join(", ")},) if args[at] is not None]`;
	if (others.length === 0) return "*[z for z in args if z is not None]";
	const list = others.toSorted((a, b) => a - b).join(", ");
	return `*[z for at, z in enumerate(args) if at not in (${list},) and z is not None]`;
}

/** What one value of an output is made of. */
export interface OutputParam {
	/** Undefined: the input of the same number, or the last. */
	readonly fn: UserFunction | undefined;
	/** The range it is scaled to; undefined: it is not scaled. */
	readonly range: { readonly min: number; readonly max: number } | undefined;
}

/** An output's function gives a list with one element for each parameter. */
export function outputFunction(params: readonly OutputParam[]): BuiltFunction {
	const isPlain = params.every(({ fn, range }) => fn === undefined && range === undefined);
	if (isPlain) return PASS_THROUGH;
	const helpers = new Helpers();
	const elements = params.map(({ fn, range }, index) => {
		const value =
			fn === undefined ? `args[min(${index}, len(args) - 1)]` : `${helpers.reach(fn)}(*args)`;
		return range === undefined ? value : `scaled(${index}, ${value}, ${range.min}, ${range.max})`;
	});
	const list = elements.map((element) => `        ${element},\n`).join("");
	const needsScale = params.some(({ range }) => range !== undefined);
	return helpers.build(`${needsScale ? SCALED : ""}def run(*args):\n    return [\n${list}    ]\n`);
}

/** While lowest and highest value are the same, the middle of the range. */
const SCALED = `ranges = {}


def scaled(index, value, least, most):
    low, high = ranges.get(index, (value, value))
    low, high = ranges[index] = min(low, value), max(high, value)
    if low == high:
        return (most + least) / 2
    return (value - low) / (high - low) * (most - least) + least


`;
