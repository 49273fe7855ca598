import { expect, test } from "bun:test";
import { namesIn, nearNames } from "../../../../src/web/editor/code/near-names.ts";

test("names are near when a third of their letters differ, or two of them changed places", () => {
	const known = ["brightness", "print", "x1", "Total", "total_2", ""];
	expect(nearNames("brigthness", known)).toEqual(["brightness"]);
	expect(nearNames("pirnt", known)).toEqual(["print"]);
	expect(nearNames("total", known)).toEqual(["Total"]);
	expect(nearNames("x2", known)).toEqual(["x1"]);
	expect(nearNames("y", known)).toEqual([]);
	expect(nearNames("x1", known)).toEqual([]);
});

test("names of a source are its words but for Python's", () => {
	expect([...namesIn("def run(亮度, x1):\n    return 亮度 + x1  # 註解")]).toEqual([
		"run",
		"亮度",
		"x1",
		"註解",
	]);
});
