import { describe, expect, test } from "bun:test";
import { draw, seededRandom } from "../../../src/ccm/simulation/values.ts";

const many = (type: string, min: number, max: number, seed = 1) => {
	const random = seededRandom(seed);
	return Array.from({ length: 2000 }, () => draw({ type, min, max }, random));
};

describe("simulated values", () => {
	test("are the same for the same seed, and others for another", () => {
		expect(many("int", 0, 1000)).toEqual(many("int", 0, 1000));
		expect(many("int", 0, 1000)).not.toEqual(many("int", 0, 1000, 2));
	});

	test("integers take all values from min to max, and no other", () => {
		expect([...new Set(many("int", -2, 3))].toSorted((a, b) => Number(a) - Number(b))).toEqual([
			-2, -1, 0, 1, 2, 3,
		]);
		expect(new Set(many("int", 3, -2)).size).toBe(6);
		expect(new Set(many("int", 0, 0))).toEqual(new Set([0]));
		expect(new Set(many("int", 0.2, 0.7))).toEqual(new Set([0]));
	});

	test("floats spread over the range, however wide it is", () => {
		for (const [min, max] of [
			[0, 1],
			[-5, 20],
			[-Number.MAX_VALUE, Number.MAX_VALUE],
			[7.5, 7.5],
		] as const) {
			const values = many("float", min, max).map(Number);
			expect(values.every((value) => value >= min && value <= max)).toBe(true);
			if (min < max) expect(new Set(values).size).toBeGreaterThan(1900);
		}
	});

	test("booleans are both, anything else is null", () => {
		expect(new Set(many("boolean", 0, 0))).toEqual(new Set([true, false]));
		for (const type of ["string", "json", "void", ""]) {
			expect(new Set(many(type, 0, 9))).toEqual(new Set([null]));
		}
	});
});
