import { expect, test } from "bun:test";
import { DataTopics } from "../../src/mqtt/data-topics.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";

function deliver(topics: DataTopics, name: string, done: () => void): boolean | undefined {
	const [topic, payload] = [Buffer.from(name), Buffer.from("1")];
	const route = topics.find(topic);
	const flags = { retained: false, dup: false, id: 1 };
	return route && topics.deliver(route, { topic, payload, qos: 1, ...flags }, done);
}

test("a message is done when every handler of its topic is", () => {
	const topics = new DataTopics();
	const heard: BrokerMessage[] = [];
	const hear = (message: BrokerMessage) => void heard.push(message);
	expect([topics.add("t", hear), topics.add("t", hear)]).toEqual([true, false]);
	let done = 0;
	expect(deliver(topics, "t", () => (done += 1))).toBe(true);
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

test("what no one hears is done at once; a topic that is not UTF-8 has no route", () => {
	const topics = new DataTopics();
	let done = 0;
	expect(deliver(topics, "t", () => (done += 1))).toBe(false);
	expect(done).toBe(1);
	expect(topics.find(Buffer.from([0xff]))).toBeUndefined();
});
