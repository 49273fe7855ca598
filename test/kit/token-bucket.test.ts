import { expect, test } from "bun:test";
import { TokenBucket } from "../../src/kit/token-bucket.ts";

test("so much may happen at once, and as much again each second, evenly", () => {
	let now = 5000;
	let burst = 4;
	const bucket = new TokenBucket(() => now);
	const taken = () => {
		let count = 0;
		while (bucket.take({ burst, perSecond: burst }) === 0) count += 1;
		return count;
	};
	expect(taken()).toBe(4);
	now += 250;
	expect(taken()).toBe(1);
	now += 3_600_000;
	expect(taken()).toBe(4);
	burst = 2;
	now += 60_000;
	expect(taken()).toBe(2);
});

test("what costs more waits longer, and nothing is taken meanwhile", () => {
	let now = 0;
	const bucket = new TokenBucket(() => now);
	const rules = { burst: 10, perSecond: 2 };
	expect(bucket.take(rules, 8)).toBe(0);
	expect(bucket.take(rules, 3)).toBe(0.5);
	now += 500;
	expect(bucket.take(rules, 3)).toBe(0);
	expect(bucket.at).toBe(500);
});
