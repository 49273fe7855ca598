import { expect, test } from "bun:test";
import { longestFirst, prefixOf } from "../../src/http/prefixes.ts";

test("the longest prefix that ends where a part of the path ends", () => {
	const prefixes = longestFirst(new Set(["", "/csm", "/csm/lab"]));
	expect(prefixes).toEqual(["/csm/lab", "/csm"]);
	expect(prefixOf("http://localhost/csm/lab/x", prefixes)).toBe("/csm/lab");
	expect(prefixOf("http://localhost/csm/labs", prefixes)).toBe("/csm");
	expect(prefixOf("http://localhost/csm?a", prefixes)).toBe("/csm");
	expect(prefixOf("http://localhost/csms", prefixes)).toBe("");
	expect(prefixOf("http://localhost/", prefixes)).toBe("");
});
