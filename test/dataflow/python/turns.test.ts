import { describe, expect, test } from "bun:test";
import { Turns } from "../../../src/dataflow/python/turns.ts";

const taker = (name: string) => ({ name, had: 0 });

/** Has so many turns taken, each of which costs what the taker's does. */
function names(
	turns: Turns<ReturnType<typeof taker>>,
	count: number,
	costs: Record<string, number>,
) {
	return Array.from({ length: count }, () => {
		const one = turns.next();
		if (one === undefined) return "";
		one.had += costs[one.name] ?? 0;
		turns.enter(one);
		return one.name;
	}).join("");
}

describe("turns", () => {
	test("the one that had least is next; those who had as much follow in their order", () => {
		const turns = new Turns<ReturnType<typeof taker>>(10);
		for (const name of ["a", "b", "c"]) turns.enter(taker(name));
		expect(names(turns, 6, { a: 1, b: 1, c: 1 })).toBe("abcabc");
		expect(turns.isEmpty).toBe(false);
	});

	test("the one whose turns cost ten times as much has one for ten of the other's", () => {
		const turns = new Turns<ReturnType<typeof taker>>(10);
		turns.enter(taker("a"));
		turns.enter(taker("b"));
		const order = names(turns, 110, { a: 10, b: 1 });
		expect(order.split("a")).toHaveLength(11);
	});

	test("who comes after a pause has a head start, but has not saved up more", () => {
		const turns = new Turns<ReturnType<typeof taker>>(10);
		turns.enter(taker("a"));
		turns.enter(taker("b"));
		names(turns, 20, { a: 5, b: 5 });
		turns.enter(taker("l"));
		expect(names(turns, 4, { a: 5, b: 5, l: 5 })).toMatch(/^ll.?[ab]/);
		expect(names(turns, 30, { a: 5, b: 5, l: 5 }).split("l")).toHaveLength(11);
	});

	test("who wants little is always next, however many others want all", () => {
		const turns = new Turns<ReturnType<typeof taker>>(10);
		const costs = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, 10]));
		for (const name of Object.keys(costs)) turns.enter(taker(name));
		names(turns, 8, costs);
		const little = taker("l");
		for (let n = 0; n < 50; n++) {
			names(turns, 1, costs);
			turns.enter(little);
			expect(turns.next()).toBe(little);
			little.had += 0.01;
		}
	});

	test("who leaves has no turn, and what someone had can be corrected", () => {
		const turns = new Turns<ReturnType<typeof taker>>(10);
		const [a, b, c] = [taker("a"), taker("b"), taker("c")];
		for (const one of [a, b, c]) turns.enter(one);
		expect([turns.leave(b), turns.leave(b)]).toEqual([true, false]);
		turns.charge(a, 10);
		turns.charge(b, 10);
		expect([a.had, b.had]).toEqual([10, 10]);
		expect([turns.next()?.name, turns.next()?.name, turns.next()]).toEqual(["c", "a", undefined]);
		expect(turns.isEmpty).toBe(true);
	});
});
