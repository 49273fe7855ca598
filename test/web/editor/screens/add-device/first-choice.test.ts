import { expect, test } from "bun:test";
import { firstChoice } from "../../../../../src/web/editor/screens/add-device/first-choice.ts";

const features = (...names: readonly string[]) =>
	names.map((df_name, index) => ({
		df_id: index + 1,
		df_name,
		df_type: df_name.includes("-I") ? ("input" as const) : ("output" as const),
	}));

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
