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

/**
 * A join's function gets `z1 … zn`, wherever CSM keeps them.
 * @param order For each of `z1 … zn` its slot, from 0.
 * @param slots How many slots CSM has.
 */
export function joinFunction(
	chosen: UserFunction,
	order: readonly number[],
	slots: number,
): BuiltFunction {
	const helpers = new Helpers();
	const run = helpers.reach(chosen);
	const isPlain = order.length === slots && order.every((slot, z) => slot === z);
	const args = isPlain ? "*args" : order.map((slot) => `args[${slot}]`).join(", ");
	return helpers.build(`def run(*args):\n    return [${run}(${args})]\n`);
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
