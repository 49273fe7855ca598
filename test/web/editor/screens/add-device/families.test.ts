import { expect, test } from "bun:test";
import {
	countIn,
	familiesOf,
	firstChoice,
	withCount,
} from "../../../../../src/web/editor/screens/add-device/families.ts";

const features = (...names: readonly string[]) =>
	names.map((df_name, index) => ({
		df_id: index + 1,
		df_name,
		df_type: df_name.includes("-I") ? ("input" as const) : ("output" as const),
	}));

test("numbered features are a family, in the order of their numbers", () => {
	const { families, singles } = familiesOf(
		features("Button-I10", "Button-I2", "Button-I1", "PptControl-I", "Color-O1"),
	);
	expect(
		families.map(({ name, members }) => [name, members.map(({ df_name }) => df_name)]),
	).toEqual([["Button-I", ["Button-I1", "Button-I2", "Button-I10"]]]);
	expect(singles.map(({ df_name }) => df_name)).toEqual(["PptControl-I", "Color-O1"]);
});

test("a number chooses the first so many of a family", () => {
	const [family] = familiesOf(features("Button-I1", "Button-I2", "Button-I3", "X-I")).families;
	if (family === undefined) throw new Error("no family");
	const two = withCount(family, new Set([4]), 2);
	expect([...two]).toEqual([4, 1, 2]);
	expect(countIn(family, two)).toBe(2);
	expect([...withCount(family, two, 0)]).toEqual([4]);
});

test("what the device has is chosen first; else all of few", () => {
	const few = features("A-I", "B-O");
	expect([...firstChoice(few, false, undefined)]).toEqual([1, 2]);
	expect([...firstChoice(few, false, new Set(["B-O", "unknown"]))]).toEqual([2]);
	expect([...firstChoice(few, true, undefined)]).toEqual([]);
	expect([...firstChoice(few, true, new Set(["A-I"]))]).toEqual([1]);
	const many = features(...Array.from({ length: 9 }, (_, i) => `F${i}-I`));
	expect(firstChoice(many, false, undefined).size).toBe(0);
	expect(firstChoice(few, false, new Set(["unknown"])).size).toBe(2);
});
