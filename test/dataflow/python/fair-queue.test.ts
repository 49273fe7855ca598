import { describe, expect, test } from "bun:test";
import { FairQueue } from "../../../src/dataflow/python/fair-queue.ts";

const taker = (name: string) => ({ name, had: 0 });

/** Has so many turns taken, each of which costs what the taker's does. */
function names(
	queue: FairQueue<ReturnType<typeof taker>>,
	count: number,
	costs: Record<string, number>,
) {
	return Array.from({ length: count }, () => {
		const one = queue.next();
		if (one === undefined) return "";
		one.had += costs[one.name] ?? 0;
		queue.enter(one);
		return one.name;
	}).join("");
}

describe("a queue by what each had", () => {
	test("the one that had least is next; those who had as much follow in their order", () => {
		const queue = new FairQueue<ReturnType<typeof taker>>(10);
		for (const name of ["a", "b", "c"]) queue.enter(taker(name));
		expect(names(queue, 6, { a: 1, b: 1, c: 1 })).toBe("abcabc");
		expect(queue.isEmpty).toBe(false);
	});

	test("the one whose turns cost ten times as much has one for ten of the other's", () => {
		const queue = new FairQueue<ReturnType<typeof taker>>(10);
		queue.enter(taker("a"));
		queue.enter(taker("b"));
		const order = names(queue, 110, { a: 10, b: 1 });
		expect(order.split("a")).toHaveLength(11);
	});

	test("who comes after a pause has a head start, but has not saved up more", () => {
		const queue = new FairQueue<ReturnType<typeof taker>>(10);
		queue.enter(taker("a"));
		queue.enter(taker("b"));
		names(queue, 20, { a: 5, b: 5 });
		queue.enter(taker("l"));
		expect(names(queue, 4, { a: 5, b: 5, l: 5 })).toMatch(/^ll.?[ab]/);
		expect(names(queue, 30, { a: 5, b: 5, l: 5 }).split("l")).toHaveLength(11);
	});

	test("who wants little is always next, however many others want all", () => {
		const queue = new FairQueue<ReturnType<typeof taker>>(10);
		const costs = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, 10]));
		for (const name of Object.keys(costs)) queue.enter(taker(name));
		names(queue, 8, costs);
		const little = taker("l");
		for (let n = 0; n < 50; n++) {
			names(queue, 1, costs);
			queue.enter(little);
			expect(queue.next()).toBe(little);
			little.had += 0.01;
		}
	});

	test("who leaves has no turn, and what someone had can be corrected", () => {
		const queue = new FairQueue<ReturnType<typeof taker>>(10);
		const [a, b, c] = [taker("a"), taker("b"), taker("c")];
		for (const one of [a, b, c]) queue.enter(one);
		expect([queue.leave(b), queue.leave(b)]).toEqual([true, false]);
		queue.charge(a, 10);
		queue.charge(b, 10);
		expect([a.had, b.had]).toEqual([10, 10]);
		expect([queue.next()?.name, queue.next()?.name, queue.next()]).toEqual(["c", "a", undefined]);
		expect(queue.isEmpty).toBe(true);
	});
});
