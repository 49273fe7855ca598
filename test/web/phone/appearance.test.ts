import { expect, test } from "bun:test";
import { languageOf, themeAfter, themeOf } from "../../../src/web/phone/appearance.ts";

test.each([
	[null, "zh-TW", "zh"],
	[null, "zh", "zh"],
	[null, "en-US", "en"],
	[null, "de", "en"],
	["en", "zh-TW", "en"],
	// As tests of the editor keep it.
	["zh-Hant", "en", "zh"],
])("chosen %p, preferred %p: %p", (chosen, preferred, language) => {
	expect(languageOf(chosen, preferred)).toBe(language === "zh" ? "zh" : "en");
});

test("themes follow each other, and what is kept is one of them", () => {
	expect(themeAfter("system")).toBe("light");
	expect(themeAfter("light")).toBe("dark");
	expect(themeAfter("dark")).toBe("system");
	expect([themeOf("dark"), themeOf("pink"), themeOf(null)]).toEqual(["dark", "system", "system"]);
});
