import { describe, expect, test } from "bun:test";
import { balance } from "../../src/cluster/shares.ts";

const node = (name: string, held: number) => ({ name, held });

describe("shares of partitions", () => {
	test("the only node takes all", () => {
		expect(balance(node("a", 0), [], 17, 17)).toEqual({ give: 0, take: 17 });
		expect(balance(node("a", 17), [], 17, 0)).toEqual({ give: 0, take: 0 });
	});

	test("what does not divide is one node's more, taken only where no other lacks its share", () => {
		expect(balance(node("a", 5), [node("b", 5), node("c", 6)], 17, 1)).toEqual({
			give: 0,
			take: 1,
		});
		expect(balance(node("a", 5), [node("b", 6), node("c", 4)], 17, 1)).toEqual({
			give: 0,
			take: 0,
		});
	});

	test("a node that joins gets its share from those who have most", () => {
		const joined = [node("b", 6), node("c", 5), node("d", 0)];
		expect(balance(node("a", 6), joined, 17, 0).give).toBe(1);
		expect(balance(node("d", 0), [node("a", 6), node("b", 6), node("c", 5)], 17, 0).take).toBe(4);
		// All may have five now; two of them go down to four.
		const after = { a: node("a", 5), b: node("b", 5), c: node("c", 5), d: node("d", 2) };
		expect(balance(after.a, [after.b, after.c, after.d], 17, 0).give).toBe(1);
		expect(balance(after.b, [after.a, after.c, after.d], 17, 0).give).toBe(1);
		expect(balance(after.c, [after.a, after.b, after.d], 17, 0).give).toBe(0);
	});

	test("no one gives what is on its way already", () => {
		const others = [node("b", 4), node("c", 5), node("d", 2)];
		expect(balance(node("a", 5), others, 17, 1).give).toBe(1);
		expect(balance(node("a", 5), others, 17, 2).give).toBe(0);
	});
});
