import { describe, expect, test } from "bun:test";
import { keyIn } from "../../../src/web/setup/server.ts";

describe("the set-up page", () => {
	test("finds the key in its address", () => {
		expect(keyIn("#/setup/abc-DEF_1")).toBe("abc-DEF_1");
		expect(keyIn("#/setup/a%20b")).toBe("a b");
		for (const hash of ["", "#", "#/setup/", "#/setup/%", "#/p/3", "#/setup/a/b"]) {
			expect([hash, keyIn(hash)]).toEqual([hash, undefined]);
		}
	});
});
