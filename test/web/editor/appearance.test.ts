import { expect, test } from "bun:test";
import { themeOf } from "../../../src/web/editor/appearance.ts";

test("a theme is light or dark when the reader chose so, else the system's", () => {
	expect(["light", "dark", "system", "blue", null].map(themeOf)).toEqual([
		...(["light", "dark", "system", "system", "system"] as const),
	]);
});
