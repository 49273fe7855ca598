import { describe, expect, test } from "bun:test";
import { basicOf, bearerOf } from "../../src/http/authorization.ts";

describe("Authorization", () => {
	test("Bearer shows a key, whatever its case", () => {
		expect(bearerOf("Bearer abc")).toBe("abc");
		expect(bearerOf("bearer abc")).toBe("abc");
		for (const other of [null, "", "Basic abc", "Bearer"]) expect(bearerOf(other)).toBe("");
	});

	test("Basic shows a name and a password, in which there may be colons", () => {
		const basic = `Basic ${Buffer.from("ann:a:b").toString("base64")}`;
		expect(basicOf(basic)).toEqual(["ann", "a:b"]);
		expect(basicOf(basic.replace(" ", "  "))).toEqual(["ann", "a:b"]);
		for (const other of [null, "", "Bearer abc"]) expect(basicOf(other)).toBeUndefined();
		expect(basicOf("Basic x")).toEqual(["", ""]);
	});
});
