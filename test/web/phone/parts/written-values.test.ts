import { expect, test } from "bun:test";
import { valuesOf } from "../../../../src/web/phone/parts/written-values.ts";

const params = ["string", "float", "json"].map((type) => ({ type, min: 0, max: 0 }));

test("texts are sent as they are written, everything else is JSON", () => {
	expect(valuesOf(["7", "7", '{"a":[1]}'], { params })).toEqual(["7", 7, { a: [1] }]);
	expect(valuesOf(["", "0.5", "null"], { params })).toEqual(["", 0.5, null]);
});

test.each(["", "x", "{", "1,2"])("%j is not JSON", (text) => {
	expect(valuesOf(["a", text, "1"], { params })).toBeUndefined();
});
