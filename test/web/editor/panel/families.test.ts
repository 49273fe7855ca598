import { describe, expect, test } from "bun:test";
import {
	type Choice,
	countOf,
	familiesOf,
	idsOf,
	withCount,
} from "../../../../src/web/editor/panel/families.ts";

const NAMES = [
	"Button-I10",
	"Button-I1",
	"Key-I1",
	"Button-I2",
	"Color-O",
	"Switch-O1",
	"Switch-O2",
];
const FEATURES = NAMES.map(
	(df_name, index): Choice => ({
		df_id: index + 1,
		df_name,
		df_type: df_name.includes("-I") ? "input" : "output",
	}),
);
const { families, singles } = familiesOf(FEATURES);
const [buttons] = families;
if (buttons === undefined) throw new Error("no family");

const named = (ids: ReadonlySet<number>) => idsOf(FEATURES, ids).map((id) => NAMES[id - 1]);

describe("features of a plural model", () => {
	test("are families by their number, where there are two or more", () => {
		expect(families.map(({ name, df_type }) => [name, df_type])).toEqual([
			["Button-I", "input"],
			["Switch-O", "output"],
		]);
		expect(singles.map(({ df_name }) => df_name)).toEqual(["Key-I1", "Color-O"]);
	});

	test("have their members in the order of the numbers, not of the characters", () => {
		expect(buttons.members.map(({ df_name }) => df_name)).toEqual([
			"Button-I1",
			"Button-I2",
			"Button-I10",
		]);
	});

	test("are counted and chosen by number, from the first", () => {
		const two = withCount(buttons, new Set(), 2);
		expect(named(two)).toEqual(["Button-I1", "Button-I2"]);
		expect(countOf(buttons, two)).toBe(2);
		expect(named(withCount(buttons, two, 1))).toEqual(["Button-I1"]);
		expect(named(withCount(buttons, two, 0))).toEqual([]);
		expect(countOf(buttons, withCount(buttons, two, 99))).toBe(3);
	});

	test("leave other features and members out of order as they are", () => {
		const odd = new Set([1, 5]);
		expect(named(withCount(buttons, odd, 2))).toEqual(["Button-I10", "Button-I1", "Color-O"]);
		expect(named(withCount(buttons, odd, 1))).toEqual(["Button-I10", "Color-O"]);
	});
});
