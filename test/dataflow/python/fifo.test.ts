import { describe, expect, test } from "bun:test";
import { Fifo } from "../../../src/dataflow/python/fifo.ts";

describe("queue", () => {
	test("gives what it was given, in order, however long it runs", () => {
		const queue = new Fifo<number>();
		expect([queue.first, queue.shift(), queue.size]).toEqual([undefined, undefined, 0]);
		let next = 0;
		let wanted = 0;
		for (let round = 0; round < 200; round++) {
			for (let n = 0; n < 53; n++) queue.push(next++);
			for (let n = 0; n < 50; n++) expect(queue.shift()).toBe(wanted++);
			expect([queue.first, queue.size]).toEqual([wanted, next - wanted]);
		}
		while (queue.size > 0) expect(queue.shift()).toBe(wanted++);
		expect(wanted).toBe(next);
	});

	test("gives items from anywhere", () => {
		const queue = new Fifo<number>();
		for (let n = 0; n < 6; n++) queue.push(n);
		queue.shift();
		expect(queue.takeIf((n) => n % 2 === 0)).toEqual([2, 4]);
		expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([
			1,
			3,
			5,
			undefined,
		]);
	});
});
