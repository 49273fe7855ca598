import { describe, expect, test } from "bun:test";
import { LoginThrottle } from "../../src/auth/login-throttle.ts";

describe("throttle of failed logins", () => {
	let now = 0;
	const throttle = new LoginThrottle(() => now);
	const fail = (address: string, times: number) => {
		for (let n = 0; n < times; n++) throttle.failed(address);
	};

	test("no pause follows five failures, one of a second the sixth, and it doubles up to a minute", () => {
		fail("a", 5);
		expect(throttle.waitOf("a")).toBe(0);
		fail("a", 1);
		expect(throttle.waitOf("a")).toBe(1000);
		fail("a", 1);
		expect(throttle.waitOf("a")).toBe(2000);
		fail("a", 20);
		expect(throttle.waitOf("a")).toBe(60_000);
		expect(throttle.waitOf("b")).toBe(0);
	});

	test("a success or ten quiet minutes start over", () => {
		throttle.succeeded("a");
		expect(throttle.waitOf("a")).toBe(0);
		fail("c", 8);
		now += 11 * 60_000;
		fail("c", 1);
		expect(throttle.waitOf("c")).toBe(0);
	});

	test("ten thousand addresses are remembered, the oldest failure is forgotten", () => {
		fail("first", 8);
		for (let n = 0; n < 10_000; n++) throttle.failed(`n${n}`);
		expect(throttle.waitOf("first")).toBe(0);
	});
});

test("a wrong login counts unless its address has to wait anyway", () => {
	let now = 0;
	const throttle = new LoginThrottle(() => now);
	const kinds = Array.from({ length: 8 }, () => throttle.refuse("10.0.0.1").kind);
	expect(kinds).toEqual([...Array(6).fill("refused"), "slow", "slow"]);
	now = 1000;
	expect(throttle.refuse("10.0.0.1")).toEqual({ kind: "refused" });
	expect(throttle.refuse("10.0.0.1")).toEqual({ kind: "slow", waitMs: 2000 });
});
