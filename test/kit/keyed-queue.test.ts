import { describe, expect, test } from "bun:test";
import { KeyedQueue } from "../../src/kit/keyed-queue.ts";

describe("keyed queue", () => {
	test("work of one key runs in order, one at a time, failures included; keys do not wait for each other", async () => {
		const queue = new KeyedQueue();
		const order: string[] = [];
		const gate = Promise.withResolvers<void>();
		const first = queue.run("a", async () => {
			await gate.promise;
			order.push("a1");
			throw new Error("no");
		});
		const second = queue.run("a", async () => order.push("a2"));
		await queue.run("b", async () => order.push("b1"));
		gate.resolve();
		await expect(first).rejects.toThrow("no");
		await second;
		expect(order).toEqual(["b1", "a1", "a2"]);
	});

	test("idle waits for everything, also what was queued meanwhile", async () => {
		const queue = new KeyedQueue();
		const order: number[] = [];
		void queue.run("a", async () => {
			order.push(1);
			void queue.run("a", async () => order.push(2));
		});
		await queue.idle();
		expect(order).toEqual([1, 2]);
	});
});
