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

describe("a person's right password", () => {
	const failedAs = (...names: (string | undefined)[]) => {
		const throttle = new LoginThrottle(() => 0);
		for (const name of names) throttle.failed("10.0.0.1", name);
		return throttle;
	};

	test("takes back their own failures", () => {
		const throttle = failedAs("ann", "ann", "bob", "ann", undefined);
		throttle.forgive("10.0.0.1", "ann");
		// One of bob and one without a name are left.
		for (let n = 0; n < 3; n++) throttle.failed("10.0.0.1");
		expect(throttle.waitOf("10.0.0.1")).toBe(0);
		throttle.failed("10.0.0.1");
		expect(throttle.waitOf("10.0.0.1")).toBe(1000);
	});

	test("takes them back once, and those of no one else", () => {
		const throttle = failedAs("bob", "bob", undefined, "ann");
		for (let n = 0; n < 5; n++) throttle.forgive("10.0.0.1", "ann");
		throttle.forgive("10.0.0.2", "bob");
		for (let n = 0; n < 2; n++) throttle.failed("10.0.0.1");
		expect(throttle.waitOf("10.0.0.1")).toBe(0);
		throttle.failed("10.0.0.1");
		expect(throttle.waitOf("10.0.0.1")).toBe(1000);
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
