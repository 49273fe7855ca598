import { expect, test } from "bun:test";
import { firstSize, sizeAt, stepped } from "../../../../src/web/editor/panel/sheet.ts";

test("a phone begins with the title only, a tablet with half of the screen", () => {
	expect([320, 390, 599, 600, 820].map(firstSize)).toEqual([
		"folded",
		"folded",
		"folded",
		"half",
		"half",
	]);
});

test("a sheet goes to the size that is nearest to where it was let go", () => {
	expect([0, 60, 200, 300, 420, 560, 600, 844].map((height) => sizeAt(height, 844))).toEqual([
		"folded",
		"folded",
		"folded",
		"half",
		"half",
		"half",
		"full",
		"full",
	]);
});

test("arrow keys go from size to size, and stop at the ends", () => {
	expect(stepped("folded", 1)).toBe("half");
	expect(stepped("half", 1)).toBe("full");
	expect(stepped("full", 1)).toBe("full");
	expect(stepped("folded", -1)).toBe("folded");
});
