import { expect, test } from "bun:test";
import { readClass } from "../../../../../src/web/editor/screens/people/class-list.ts";
import { loginsOf, sheetText } from "../../../../../src/web/editor/screens/people/sheet.ts";

test("a class list becomes logins; passwords that are missing are drawn", () => {
	const logins = loginsOf(readClass("ann\nbob\tpw"), () => "drawn");
	expect(logins).toEqual([
		{ username: "ann", password: "drawn" },
		{ username: "bob", password: "pw" },
	]);
	expect(sheetText(logins)).toBe("ann\tdrawn\nbob\tpw\n");
});
