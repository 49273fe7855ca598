import { expect, test } from "bun:test";
import { NewestValues } from "../../../src/csm/http-devices/newest-values.ts";

test("values come once, the newest of each feature alone", () => {
	const values = new NewestValues(100);
	expect([...values.after(-1)]).toEqual([]);
	values.set("a", "[1]");
	values.set("a", "[2]");
	values.set("b", "[3]");
	expect(values.last).toBe(103);
	expect([...values.after(100)]).toEqual([
		["a", "[2]"],
		["b", "[3]"],
	]);
	expect([...values.after(102)]).toEqual([["b", "[3]"]]);
	expect([...values.after(103)]).toEqual([]);
});

test("a number of another run of the server stands for the beginning", () => {
	const values = new NewestValues(100);
	values.set("a", "[1]");
	for (const number of [-1, 0, 99, 102, 2 ** 40]) {
		expect([values.knows(number), values.after(number).size]).toEqual([false, 1]);
	}
	expect([values.knows(100), values.knows(101)]).toEqual([true, true]);
});

test("what is not JSON is not given, nor what was forgotten", () => {
	const values = new NewestValues(1);
	values.set("a", "no JSON");
	values.set("b", "[1]");
	values.forget("b");
	expect(values.after(1).size).toBe(0);
});

test("other changes are numbered as well", () => {
	const values = new NewestValues(1);
	values.changed();
	expect([values.last, values.knows(1), values.after(1).size]).toEqual([2, true, 0]);
});

test("the first number is another one each time, and small enough for 32 bits", () => {
	const firsts = new Set(Array.from({ length: 50 }, () => new NewestValues().last));
	expect(firsts.size).toBeGreaterThan(40);
	for (const first of firsts) expect(first).toBeLessThan(2 ** 30);
});
