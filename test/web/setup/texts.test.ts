import { expect, test } from "bun:test";
import { en, textsFor, zh } from "../../../src/web/setup/texts.ts";

test("the set-up page speaks the reader's language, or the one they chose", () => {
	expect(textsFor(null, "zh-TW")).toBe(zh);
	expect(textsFor(null, "de-DE")).toBe(en);
	expect(textsFor("en", "zh-TW")).toBe(en);
	expect(en.devices(1)).toBe("1 device needs a login from now on.");
	expect(zh.devices(1200)).toContain("1,200");
});
