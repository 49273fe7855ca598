import { describe, expect, test } from "bun:test";
import { NamePool } from "../../../src/csm/devices/name-pool.ts";

describe("name pool", () => {
	test("gives the first free number of a model", () => {
		const pool = new NamePool();
		pool.claim("01.a");
		expect([pool.generate("a"), pool.generate("a"), pool.generate("b")]).toEqual([
			"00.a",
			"02.a",
			"00.b",
		]);
	});

	test("a released number is given again, the lowest first", () => {
		const pool = new NamePool();
		for (let n = 0; n < 10; n++) pool.generate("a");
		pool.release("07.a");
		pool.release("03.a");
		expect([pool.generate("a"), pool.generate("a"), pool.generate("a")]).toEqual([
			"03.a",
			"07.a",
			"10.a",
		]);
	});

	test("a name in use twice is free after two releases", () => {
		const pool = new NamePool();
		pool.claim("00.a");
		pool.claim("00.a");
		pool.release("00.a");
		expect(pool.generate("a")).toBe("01.a");
		pool.release("00.a");
		expect(pool.generate("a")).toBe("00.a");
	});

	test("goes on with three digits, and models may hold dots and line breaks", () => {
		const pool = new NamePool();
		const model = "v1.2\nx";
		for (let n = 0; n < 100; n++) pool.generate(model);
		expect(pool.generate(model)).toBe(`100.${model}`);
		pool.release(`100.${model}`);
		expect(pool.generate(model)).toBe(`100.${model}`);
	});
});
