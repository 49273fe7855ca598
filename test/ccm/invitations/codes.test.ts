import { expect, test } from "bun:test";
import { codeHasher, drawCode, plainCode } from "../../../src/ccm/invitations/codes.ts";

test("codes are six letters, none of which looks like another sign", () => {
	const letters = new Set<string>();
	for (let n = 0; n < 20; n++) {
		const code = drawCode((below) => (n * 7) % below);
		expect(code).toMatch(/^[A-Z]{6}$/);
		for (const letter of code) letters.add(letter);
	}
	expect([...letters].sort().join("")).toBe("BCDFGHJKMNPQRSTVWXYZ");
});

test("each letter is drawn by itself", () => {
	let n = 0;
	expect(drawCode(() => n++)).toBe("BCDFGH");
});

test.each([
	["BCDFGH", "BCDFGH"],
	["bcdfgh", "BCDFGH"],
	[" bcd fgh\n", "BCDFGH"],
	["BCD-FGH", "BCDFGH"],
	["bcd–fgh", "BCDFGH"],
	["ＢＣＤＦＧＨ", "BCDFGH"],
	["ｂｃｄｆｇｈ", "BCDFGH"],
	["BCD　FGH", "BCDFGH"],
])("%p is the code %p", (typed, code) => {
	expect(plainCode(typed)).toBe(code);
});

test.each(["", "BCDFG", "BCDFGHJ", "BCDFG0", "ABCDEF", "課堂代碼在此", "BCDFGH".repeat(30)])(
	"%p can be none",
	(typed) => {
		expect(plainCode(typed)).toBeUndefined();
	},
);

test("a code has one hash at a server, and another one elsewhere", () => {
	const [here, elsewhere] = [codeHasher("a"), codeHasher("b")];
	expect(here("BCDFGH")).toBe(codeHasher("a")("BCDFGH"));
	expect(here("BCDFGH")).not.toBe(here("BCDFGJ"));
	expect(here("BCDFGH")).not.toBe(elsewhere("BCDFGH"));
	expect(here("BCDFGH")).not.toContain("BCDFGH");
});
