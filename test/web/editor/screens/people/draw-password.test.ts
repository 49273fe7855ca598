import { describe, expect, test } from "bun:test";
import { drawPassword } from "../../../../../src/web/editor/screens/people/draw-password.ts";

describe("a drawn password", () => {
	test("has two groups of four letters that are not mistaken", () => {
		for (let n = 0; n < 200; n++) {
			expect(drawPassword()).toMatch(/^[a-hjkmnp-z2-9]{4}-[a-hjkmnp-z2-9]{4}$/);
		}
	});

	test("leaves out bytes that would make some letters likelier", () => {
		const bytes = [255, 0, 248, 1, 247, 2, 3, 4, 5, 6];
		const random = (into: Uint8Array) => into.fill(bytes.shift() ?? 0);
		expect(drawPassword(random)).toBe("ab9c-defg");
	});
});
