import { expect, test } from "bun:test";
import { DataTopics } from "../../src/mqtt/data-topics.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";

function incoming(topic: string | Uint8Array) {
	const payload = Buffer.from("1");
	return {
		...{ topic: Buffer.from(topic), payload, qos: 1 as const },
		...{ retained: false, dup: false, id: 1 },
	};
}

test("a message is done when every handler of its topic is", () => {
	const topics = new DataTopics();
	const heard: BrokerMessage[] = [];
	const hear = (message: BrokerMessage) => void heard.push(message);
	expect([topics.add("t", hear), topics.add("t", hear)]).toEqual([true, false]);
	let done = 0;
	expect(topics.deliver(incoming("t"), () => (done += 1))).toBeUndefined();
	expect(heard.map(({ topic, qos, retained }) => [topic, qos, retained])).toEqual([
		["t", 1, false],
		["t", 1, false],
	]);
	heard[0]?.done?.();
	expect(done).toBe(0);
	heard[1]?.done?.();
	expect(done).toBe(1);
	expect([topics.delete("t", hear), topics.delete("t", hear)]).toEqual([false, true]);
	expect(topics.all()).toEqual([]);
});

test("what nobody hears is done at once, and its topic told", () => {
	const topics = new DataTopics();
	let done = 0;
	expect(topics.deliver(incoming("t"), () => (done += 1))).toBe("t");
	expect(topics.deliver(incoming(Buffer.from([0xff])), () => (done += 1))).toBe("");
	expect(done).toBe(2);
});
