import { expect, test } from "bun:test";
import { plainNickname } from "../../../src/ccm/invitations/nickname.ts";

test.each([
	["", ""],
	["  小明 ", "小明"],
	["a\u0000b\tc\r\nd", "a b c d"],
	["\u202egnp.exe\u2066", "gnp.exe"],
	["\u061cx\u200f", "x"],
	["e\u0301", "é"],
	["👩‍🏫 Ann", "👩‍🏫 Ann"],
	["\ud800x", "x"],
])("%p is kept as %p", (given, kept) => {
	expect(plainNickname(given)).toBe(kept);
});

test("64 characters are accepted, of whatever size, and not one more", () => {
	expect(plainNickname("𠮷".repeat(64))).toBe("𠮷".repeat(64));
	expect(() => plainNickname("𠮷".repeat(65))).toThrow("at most 64 characters");
});
