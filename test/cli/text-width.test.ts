import { expect, test } from "bun:test";
import { cut, padded, widthOf } from "../../src/cli/text-width.ts";

test("a Chinese character takes two columns, a composed one is not torn", () => {
	expect(widthOf("燈a")).toBe(3);
	expect(padded("燈", 4)).toBe("燈  ");
	expect(padded("long", 2)).toBe("long");
	expect(cut("天氣預報", 8)).toBe("天氣預報");
	expect(cut("天氣預報", 7)).toBe("天氣預…");
	expect(cut("天氣預報", 6)).toBe("天氣…");
	expect(cut("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
});
