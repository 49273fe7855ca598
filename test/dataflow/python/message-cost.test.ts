import { describe, expect, test } from "bun:test";
import { costOf, learnCosts, unknownCost } from "../../../src/dataflow/python/message-cost.ts";

const link = (ms?: number) => ({
	cost: ms === undefined ? unknownCost() : { ms, isKnown: true },
});
const of = (one: ReturnType<typeof link>, count: number) => Array(count).fill({ link: one });

describe("costs of messages", () => {
	test("the first measurement counts whole, later ones half", () => {
		const one = link();
		learnCosts(of(one, 10), 100);
		expect(one.cost).toEqual({ ms: 10, isKnown: true });
		learnCosts(of(one, 10), 20);
		expect(one.cost.ms).toBe(6);
	});

	test("what is nearly right stays", () => {
		const one = link(0.01);
		expect(learnCosts(of(one, 256), 2.9).size).toBe(0);
		expect([one.cost.ms, costOf(of(one, 256)).toFixed(2)]).toEqual([0.01, "2.56"]);
	});

	test("says how much more than estimated the messages of each link took", () => {
		const [a, b] = [link(1), link(3)];
		const more = learnCosts([...of(a, 1), ...of(b, 1), ...of(a, 1)], 10);
		expect([...more]).toEqual([
			[a, 2],
			[b, 3],
		]);
	});

	test("those that were together with a slow one come apart from it, and it from them", () => {
		const [slow, quick] = [link(), link()];
		learnCosts([...of(quick, 3), ...of(slow, 1)], 10.03);
		expect(quick.cost.ms).toBeGreaterThan(2);
		for (let n = 0; n < 12; n++) {
			learnCosts(of(quick, 1), 0.01);
			learnCosts(of(slow, 1), 10);
		}
		expect(quick.cost.ms).toBeLessThan(0.6);
		expect(slow.cost.ms).toBeCloseTo(10, 0);
	});

	test("nothing costs nothing", () => {
		const one = link(2);
		for (let n = 0; n < 100; n++) learnCosts(of(one, 1000), 0);
		expect(one.cost.ms).toBeGreaterThan(0);
	});
});
