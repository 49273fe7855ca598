import { describe, expect, test } from "bun:test";
import { keyIn } from "../../../src/web/setup/server.ts";
import { en, textsFor, zh } from "../../../src/web/setup/texts.ts";

describe("the set-up page", () => {
	test("finds the key in its address", () => {
		expect(keyIn("#/setup/abc-DEF_1")).toBe("abc-DEF_1");
		expect(keyIn("#/setup/a%20b")).toBe("a b");
		for (const hash of ["", "#", "#/setup/", "#/setup/%", "#/p/3", "#/setup/a/b"]) {
			expect([hash, keyIn(hash)]).toEqual([hash, undefined]);
		}
	});

	test("speaks the reader's language, or the one they chose", () => {
		expect(textsFor(null, "zh-TW")).toBe(zh);
		expect(textsFor(null, "de-DE")).toBe(en);
		expect(textsFor("en", "zh-TW")).toBe(en);
		expect(en.devices(1)).toBe("1 device needs a login from now on.");
		expect(zh.devices(1200)).toContain("1,200");
	});
});
