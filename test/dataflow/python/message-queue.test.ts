import { describe, expect, test } from "bun:test";
import { MessageQueue } from "../../../src/dataflow/python/message-queue.ts";

const texts = (messages: { text: string }[]) => messages.map(({ text }) => text);

describe("message queue", () => {
	test("gives messages in order of arrival", () => {
		const queue = new MessageQueue(10);
		for (const [link, text] of [
			[1, "a"],
			[2, "b"],
			[1, "c"],
		] as const)
			queue.push(link, text, 0);
		expect(texts(queue.take(2))).toEqual(["a", "b"]);
		queue.push(2, "d", 0);
		expect(texts(queue.take(9))).toEqual(["c", "d"]);
		expect(queue.size).toBe(0);
	});

	test("gives no more characters at a time than asked for, but one message always", () => {
		const queue = new MessageQueue(10);
		for (const text of ["aaaa", "bb", "cc", "d".repeat(50), "e"]) queue.push(1, text, 0);
		const taken = Array.from({ length: 4 }, () => texts(queue.take(9, 6)));
		expect(taken).toEqual([["aaaa", "bb"], ["cc"], ["d".repeat(50)], ["e"]]);
		expect(queue.size).toBe(0);
	});

	test("a full link loses its own oldest, the others nothing", () => {
		const queue = new MessageQueue(2);
		queue.push(2, "other", 0);
		const kept = ["a", "b", "c", "d"].map((text) => queue.push(1, text, 0));
		expect(kept).toEqual([true, true, false, false]);
		expect(queue.size).toBe(3);
		expect(texts(queue.take(9))).toEqual(["other", "c", "d"]);
	});

	test("a flood costs no more memory than the limit, and order stays", () => {
		const queue = new MessageQueue(100);
		for (let n = 0; n < 100_000; n++) queue.push(n % 3, String(n), 0);
		expect(queue.size).toBe(300);
		const taken = texts(queue.take(1000)).map(Number);
		expect(taken).toEqual(Array.from({ length: 300 }, (_, n) => 99_700 + n));
	});

	test("the messages of some links can be taken out", () => {
		const queue = new MessageQueue(10);
		for (let n = 0; n < 6; n++) queue.push(n % 3, String(n), 0);
		expect(texts(queue.takeLinks(new Set([0, 2])))).toEqual(["0", "2", "3", "5"]);
		queue.push(0, "again", 0);
		expect(texts(queue.take(9))).toEqual(["1", "4", "again"]);
	});

	test("pushing and taking in turns stays right for long", () => {
		const queue = new MessageQueue(5000);
		let next = 0;
		let expected = 0;
		for (let round = 0; round < 500; round++) {
			for (let n = 0; n < 37; n++) queue.push(n % 4, String(next++), 0);
			for (const { text } of queue.take(33)) expect(Number(text)).toBe(expected++);
		}
		expect(queue.size).toBe(next - expected);
	});
});
