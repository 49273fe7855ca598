import { describe, expect, test } from "bun:test";
import { MessageQueue } from "../../../src/dataflow/python/message-queue.ts";

const PLAIN = { qos: 0 } as const;
const texts = (messages: { text: string }[]) => messages.map(({ text }) => text);
/** One whose links all belong to one graph. */
const queueOf = (perLink: number) => new MessageQueue(perLink, () => 1);

/** Queues messages of links, each in a graph of its own, and learns what those of each cost. */
function learned(costs: Readonly<Record<number, number>>): MessageQueue {
	const queue = new MessageQueue(1000, (linkId) => linkId);
	for (const [id, ms] of Object.entries(costs)) {
		queue.push(Number(id), "", 0, PLAIN);
		queue.learn(queue.take({ messages: 1 }), { ms, lastMs: ms });
	}
	return queue;
}

/** Queues so many messages of a link. */
function fill(queue: MessageQueue, link: number, count: number) {
	for (let n = 0; n < count; n++) queue.push(link, String(link), 0, PLAIN);
}

describe("message queue", () => {
	test("gives messages in order of arrival", () => {
		const queue = queueOf(10);
		for (const [link, text] of [
			[1, "a"],
			[2, "b"],
			[1, "c"],
		] as const)
			queue.push(link, text, 0, PLAIN);
		expect(texts(queue.take({ messages: 2 }))).toEqual(["a", "b"]);
		queue.push(2, "d", 0, PLAIN);
		expect(texts(queue.take({ messages: 9 }))).toEqual(["c", "d"]);
		expect(queue.size).toBe(0);
	});

	test("gives no more characters at a time than asked for, but one message always", () => {
		const queue = queueOf(10);
		for (const text of ["aaaa", "bb", "cc", "d".repeat(50), "e"]) queue.push(1, text, 0, PLAIN);
		const taken = Array.from({ length: 4 }, () => texts(queue.take({ messages: 9, chars: 6 })));
		expect(taken).toEqual([["aaaa", "bb"], ["cc"], ["d".repeat(50)], ["e"]]);
		expect(queue.size).toBe(0);
	});

	test("a full link loses its own oldest, the others nothing", () => {
		const queue = queueOf(2);
		queue.push(2, "other", 0, PLAIN);
		const kept = ["a", "b", "c", "d"].map((text) => queue.push(1, text, 0, PLAIN));
		expect(kept).toEqual([true, true, false, false]);
		expect(queue.size).toBe(3);
		expect(texts(queue.take({ messages: 9 }))).toEqual(["other", "c", "d"]);
	});

	test("a full link does not lose what stays at a broker until it is done", () => {
		const queue = queueOf(2);
		const kept = { qos: 1, isKept: true } as const;
		const pushed = ["a", "b", "c"].map((text) => queue.push(1, text, 0, kept));
		expect(pushed).toEqual([true, true, true]);
		for (const text of ["d", "e", "f"]) queue.push(1, text, 0, PLAIN);
		expect(texts(queue.take({ messages: 2 }))).toEqual(["a", "b"]);
		expect(queue.push(1, "g", 0, PLAIN)).toBe(false);
		expect(texts(queue.take({ messages: 9 }))).toEqual(["c", "f", "g"]);
		expect(queue.size).toBe(0);
	});

	test("a flood costs no more memory than the limit, and order stays", () => {
		const queue = queueOf(100);
		for (let n = 0; n < 100_000; n++) queue.push(n % 3, String(n), 0, PLAIN);
		expect(queue.size).toBe(300);
		const taken = texts(queue.take({ messages: 1000 })).map(Number);
		expect(taken).toEqual(Array.from({ length: 300 }, (_, n) => 99_700 + n));
	});

	test("the messages of some links can be taken out", () => {
		const queue = queueOf(10);
		for (let n = 0; n < 6; n++) queue.push(n % 3, String(n), 0, PLAIN);
		expect(texts(queue.takeLinks(new Set([0, 2])))).toEqual(["0", "2", "3", "5"]);
		queue.push(0, "again", 0, PLAIN);
		expect(texts(queue.take({ messages: 9 }))).toEqual(["1", "4", "again"]);
	});

	test("pushing and taking in turns stays right for long", () => {
		const queue = queueOf(5000);
		let next = 0;
		let expected = 0;
		for (let round = 0; round < 500; round++) {
			for (let n = 0; n < 37; n++) queue.push(n % 4, String(next++), 0, PLAIN);
			for (const { text } of queue.take({ messages: 33 })) expect(Number(text)).toBe(expected++);
		}
		expect(queue.size).toBe(next - expected);
	});

	test("takes no more than is going to take so long, but one message always", () => {
		const queue = learned({ 1: 10, 2: 1 });
		fill(queue, 1, 3);
		fill(queue, 2, 10);
		const taken: string[] = [];
		while (queue.size > 0) taken.push(texts(queue.take({ messages: 256, ms: 4 })).join(""));
		expect(taken.filter((batch) => batch.includes("1"))).toEqual(["1", "1", "1"]);
		expect(taken).toContain("2222");
		expect(Math.max(...taken.map(({ length }) => length))).toBe(4);
	});

	test("graphs get the same time, whatever their messages cost", () => {
		const queue = learned({ 1: 10, 2: 1 });
		fill(queue, 1, 100);
		fill(queue, 2, 100);
		const order: string[] = [];
		while (order.length < 110) order.push(...texts(queue.take({ messages: 256, ms: 4 })));
		expect(order.filter((link) => link === "1").length).toBeCloseTo(10, -1);
	});

	test("a message of a graph that had little is next, however many others wait", () => {
		const queue = learned({ 1: 10, 2: 10, 3: 1 });
		fill(queue, 1, 500);
		fill(queue, 2, 500);
		for (let n = 0; n < 50; n++) queue.take({ messages: 256, ms: 4 });
		fill(queue, 3, 1);
		const next = [1, 2].flatMap(() => texts(queue.take({ messages: 256, ms: 4 })));
		expect(next).toContain("3");
	});

	test("those that were with one that got stuck do not wait for that", () => {
		const queue = learned({ 1: 1, 2: 0.01, 3: 0.01 });
		fill(queue, 2, 4);
		fill(queue, 3, 1);
		const taken = queue.take({ messages: 256, ms: 4 });
		expect(texts(taken).join("")).toBe("22223");
		queue.learn(taken, { ms: 2000, lastMs: 1999.9 });
		fill(queue, 1, 500);
		fill(queue, 2, 2);
		fill(queue, 3, 2);
		const next = Array.from({ length: 20 }, () => texts(queue.take({ messages: 256, ms: 4 })));
		expect(next[0]).toContain("2");
		expect(next.flat()).not.toContain("3");
	});

	test("a link that was thought slow by mistake soon is not", () => {
		const queue = learned({ 1: 1 });
		fill(queue, 1, 500);
		fill(queue, 2, 16);
		const first = queue.take({ messages: 256, ms: 4 });
		queue.learn(first, { ms: 15, lastMs: 1 });
		for (let n = 0; n < 20; n++) {
			fill(queue, 2, 1);
			const taken = queue.take({ messages: 256, ms: 4 });
			const ms = taken.reduce((sum, { linkId }) => sum + (linkId === 2 ? 0.01 : 1), 0);
			queue.learn(taken, { ms, lastMs: taken.at(-1)?.linkId === 2 ? 0.01 : 1 });
		}
		fill(queue, 2, 1);
		expect(texts(queue.take({ messages: 256, ms: 4 }))).toContain("2");
	});

	test("a graph whose links are gone leaves nothing behind", () => {
		const queue = new MessageQueue(10, (linkId) => linkId);
		fill(queue, 1, 2);
		fill(queue, 2, 1);
		expect(texts(queue.takeLinks(new Set([1, 3])))).toEqual(["1", "1"]);
		expect([texts(queue.take({ messages: 9 })), queue.size]).toEqual([["2"], 0]);
		fill(queue, 1, 1);
		expect(texts(queue.take({ messages: 9 }))).toEqual(["1"]);
	});
});
