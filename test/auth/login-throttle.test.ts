import { describe, expect, test } from "bun:test";
import { Brakes } from "../../src/auth/login-throttle.ts";

describe("brakes", () => {
	let now = 0;
	const brakes = new Brakes(() => now);
	const fail = (address: string, times: number) => {
		for (let n = 0; n < times; n++) brakes.failed(address);
	};

	test("five failures are free, then the pause doubles up to a minute", () => {
		fail("a", 5);
		expect(brakes.waitOf("a")).toBe(0);
		fail("a", 1);
		expect(brakes.waitOf("a")).toBe(1000);
		fail("a", 1);
		expect(brakes.waitOf("a")).toBe(2000);
		fail("a", 20);
		expect(brakes.waitOf("a")).toBe(60_000);
		expect(brakes.waitOf("b")).toBe(0);
	});

	test("a success and ten quiet minutes begin anew", () => {
		brakes.succeeded("a");
		expect(brakes.waitOf("a")).toBe(0);
		fail("c", 8);
		now += 11 * 60_000;
		fail("c", 1);
		expect(brakes.waitOf("c")).toBe(0);
	});

	test("ten thousand addresses are remembered, the oldest failure goes", () => {
		fail("first", 8);
		for (let n = 0; n < 10_000; n++) brakes.failed(`n${n}`);
		expect(brakes.waitOf("first")).toBe(0);
	});
});
