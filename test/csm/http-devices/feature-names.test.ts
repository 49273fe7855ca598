import { expect, test } from "bun:test";
import { featureNames } from "../../../src/csm/http-devices/feature-names.ts";

test("features have their names first, or are names; what has none is left out", () => {
	const list = [["a", ["dB"]], ["b", null], ["c"], "d", ["a"], [5], null, {}, []];
	expect([...featureNames(list)]).toEqual(["a", "b", "c", "d"]);
	expect(featureNames(null).size).toBe(0);
});
